"""Scores of the active model with their reasons, and the alerts that the risk trigger raises from them."""

from datetime import date

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role

OWNER = "team:data-science"


@dg.asset(
    key=["ml", "prediction"],
    deps=[
        ["ml", "model_version"],
        ["analytics", "customer_features"],
        ["intermediate", "int_outcomes__target"],
        ["intermediate", "int_outcomes__cohort"],
        ["staging", "stg_crm__customer"],
    ],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="scoring",
    owners=[OWNER],
    kinds={"python", "lightgbm", "postgres"},
)
def prediction(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """One score with its ten strongest reasons for each target and customer of the month's cohort."""
    from dagster_app.lib.risk.score_report import score_and_describe

    pass_gate(context, warehouse.get())
    months = [date.fromisoformat(key) for key in context.partition_keys]
    return dg.MaterializeResult(
        metadata=score_and_describe(warehouse.get(), model_store.get(), months, context.run.run_id)
    )


@dg.asset(key=["ml", "alert"], deps=[["ml", "prediction"]], group_name="scoring", owners=[OWNER], kinds={"postgres"})
def alert(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Alerts that the risk trigger raised, by policy; those too old to act on are set aside."""
    from dagster_app.lib.alerts.outbox import expire_old, waiting

    pass_gate(context, warehouse.get())
    with warehouse.get().connect(Role.MODEL) as connection:
        expired = expire_old(connection)
        count = waiting(connection)
    return dg.MaterializeResult(metadata={"waiting": count, "expired": expired})
