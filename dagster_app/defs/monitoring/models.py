"""Whether the models are still right: drift, estimates, realised quality, and the alerts made of them."""

import dagster as dg

from dagster_app.defs.scoring.assets import prediction
from dagster_app.defs.training.assets import label
from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN, months_of
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource


@dg.asset(
    key=["ml", "feature_drift"],
    deps=[prediction, relations.MONITORING_LIMIT],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def feature_drift(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Each month's features and scores next to the training data of the version that scored them."""
    from dagster_app.lib.monitoring.drift import measure_drift

    figures = measure_drift(warehouse.get(), model_store.get(), months_of(context), context.run.run_id)
    return dg.MaterializeResult(metadata={**figures})


@dg.asset(
    key=["ml", "performance_estimate"],
    deps=[prediction, label, relations.MATURITY],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def performance_estimate(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Each month's quality as its scores alone tell it, with the labels known that day."""
    from dagster_app.lib.monitoring.performance import estimate_performance

    figures = estimate_performance(warehouse.get(), model_store.get(), months_of(context), context.run.run_id)
    return dg.MaterializeResult(metadata={**figures})


@dg.asset(
    key=["ml", "performance"],
    deps=[prediction, label, relations.MATURITY],
    group_name="monitoring",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def performance(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Realised quality of every scored month whose mature labels are new or corrected, by segment."""
    from dagster_app.lib.monitoring.performance import measure_performance

    return dg.MaterializeResult(
        metadata={**measure_performance(warehouse.get(), model_store.get(), context.run.run_id)}
    )


@dg.asset(
    key=["ml", "monitoring_alert"],
    deps=[feature_drift, performance, performance_estimate],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def monitoring_alert(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Record which of these metrics need attention; the newest goes to the outbox."""
    from dagster_app.lib.monitoring.alerts import raise_alerts

    return dg.MaterializeResult(metadata={**raise_alerts(warehouse.get(), months_of(context), context.run.run_id)})
