"""Scores of the active model with their reasons, and the alerts that the risk trigger raises from them."""

import dagster as dg

from dagster_app.defs.training.assets import MODEL_VERSION
from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN, months_of
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role


@dg.asset(
    key=["ml", "prediction"],
    deps=[MODEL_VERSION, *relations.SCORING_INPUTS],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="scoring",
    kinds={"python", "lightgbm", "postgres"},
)
@require_upstream_checks
def prediction(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """One score with its ten strongest reasons for each target and customer of the month's cohort."""
    from dagster_app.lib.risk.score_report import score_and_describe

    figures = score_and_describe(warehouse.get(), model_store.get(), months_of(context), context.run.run_id)
    return dg.MaterializeResult(metadata=figures)


@dg.asset(key=["ml", "alert"], deps=[prediction], group_name="scoring", kinds={"postgres"})
@require_upstream_checks
def alert(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Alerts that the risk trigger raised, by policy; those too old to act on are dropped."""
    from dagster_app.lib.alerts.outbox import expire_old, waiting

    with warehouse.get().connect(Role.MODEL) as connection:
        expired = expire_old(connection)
        count = waiting(connection)
    return dg.MaterializeResult(metadata={"waiting": count, "expired": expired})
