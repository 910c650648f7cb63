"""Everything Dagster loads: the contents of `defs`, and the resources they ask for. Connects to nothing."""

import warnings

import dagster as dg

# Monthly back-fills in one run are marked beta in this pinned version; the warning says nothing else.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from dagster_app import defs as stages  # noqa: E402
from dagster_app.defs import automation, sensors  # noqa: E402
from dagster_app.resources.dbt import DbtResource  # noqa: E402
from dagster_app.resources.model_store import ModelStore  # noqa: E402
from dagster_app.resources.warehouse import WarehouseResource  # noqa: E402

_warehouse = WarehouseResource()

defs = dg.Definitions(
    assets=dg.load_assets_from_package_module(stages),
    asset_checks=dg.load_asset_checks_from_package_module(stages),
    jobs=automation.JOBS,
    schedules=automation.SCHEDULES,
    sensors=sensors.SENSORS,
    resources={
        "warehouse": _warehouse,
        "dbt": DbtResource(warehouse=_warehouse),
        "model_store": ModelStore(),
    },
    executor=dg.in_process_executor,
)
