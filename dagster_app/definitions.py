"""Everything Dagster loads: the contents of `defs`, and the resources they ask for. Connects to nothing."""

from __future__ import annotations

import dagster as dg

from dagster_app import defs as stages
from dagster_app.resources.dbt import DbtResource
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

_warehouse = WarehouseResource()

defs = dg.load_definitions_from_package_module(
    stages,
    resources={
        "warehouse": _warehouse,
        "dbt": DbtResource(warehouse=_warehouse),
        "model_store": ModelStore(),
    },
    executor=dg.in_process_executor,
)
