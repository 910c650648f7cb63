"""Everything Dagster loads: the contents of `defs`, and the resources they ask for. Connects to nothing.

Resources are wired here and nowhere else: a run in this process (`lib.runs.stage_run`) takes its own from here too.
"""

import dagster as dg

from dagster_app import defs as stages
from dagster_app.asset_rules import refuse_unknown_dependencies, with_owner
from dagster_app.defs import automation, sensors
from dagster_app.resources.dbt import DbtResource
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource


def resources(company: str | None = None) -> dict[str, dg.ConfigurableResource]:  # type: ignore[type-arg]
    """Return what assets are given by name; none of them opens anything before a run asks.

    Parameters
    ----------
    company : str, optional
        Whose warehouse; none: the company that the settings name, else the one loaded last.
    """
    warehouse = WarehouseResource(company=company)
    return {
        "warehouse": warehouse,
        "dbt": DbtResource(warehouse=warehouse),
        "model_store": ModelStore(warehouse=warehouse),
    }


_loaded = dg.load_assets_from_package_module(stages, include_specs=True)
# typed as specs alone; assets and sources are mapped as well
_assets = dg.map_asset_specs(with_owner, _loaded)  # type: ignore[arg-type]
refuse_unknown_dependencies(_assets)

defs = dg.Definitions(
    assets=_assets,
    asset_checks=dg.load_asset_checks_from_package_module(stages),
    jobs=automation.JOBS,
    schedules=automation.SCHEDULES,
    sensors=sensors.SENSORS,
    resources=resources(),
    executor=dg.in_process_executor,
)
