"""Everything Dagster loads: the contents of `defs`, and the resources they ask for. Connects to nothing."""

import dagster as dg

from dagster_app import defs as stages
from dagster_app.defs import automation, sensors
from dagster_app.resources.dbt import DbtResource
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

_warehouse = WarehouseResource()

defs = dg.Definitions(
    assets=dg.load_assets_from_package_module(stages, include_specs=True),
    asset_checks=dg.load_asset_checks_from_package_module(stages),
    jobs=automation.JOBS,
    schedules=automation.SCHEDULES,
    sensors=sensors.SENSORS,
    resources={
        "warehouse": _warehouse,
        "dbt": DbtResource(warehouse=_warehouse),
        "model_store": ModelStore(warehouse=_warehouse),
    },
    executor=dg.in_process_executor,
)
