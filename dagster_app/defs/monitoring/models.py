"""Whether the models are still right: drift, estimates, realised quality, and the alerts made of them."""

from datetime import date

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

OWNER = "team:data-science"
MATURITY = ["intermediate", "int_outcomes__maturity"]


@dg.asset(
    key=["ml", "feature_drift"],
    deps=[["ml", "prediction"], ["staging", "monitoring_limit"]],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    owners=[OWNER],
    kinds={"python", "postgres"},
)
def feature_drift(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Each month's features and scores beside the training data of the version that scored them."""
    from dagster_app.lib.monitoring.drift import measure_drift

    pass_gate(context, warehouse.get())
    months = [date.fromisoformat(key) for key in context.partition_keys]
    return dg.MaterializeResult(
        metadata={**measure_drift(warehouse.get(), model_store.get(), months, context.run.run_id)}
    )


@dg.asset(
    key=["ml", "performance_estimate"],
    deps=[["ml", "prediction"], ["ml", "label"], MATURITY],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    owners=[OWNER],
    kinds={"python", "postgres"},
)
def performance_estimate(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Each month's quality as its scores alone tell it, with the labels known that day."""
    from dagster_app.lib.monitoring.performance import estimate_performance

    pass_gate(context, warehouse.get())
    months = [date.fromisoformat(key) for key in context.partition_keys]
    return dg.MaterializeResult(
        metadata={**estimate_performance(warehouse.get(), model_store.get(), months, context.run.run_id)}
    )


@dg.asset(
    key=["ml", "performance"],
    deps=[["ml", "prediction"], ["ml", "label"], MATURITY],
    group_name="monitoring",
    owners=[OWNER],
    kinds={"python", "postgres"},
)
def performance(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Realised quality of every scored month whose mature labels are new or corrected, by segment."""
    from dagster_app.lib.monitoring.performance import measure_performance

    pass_gate(context, warehouse.get())
    return dg.MaterializeResult(
        metadata={**measure_performance(warehouse.get(), model_store.get(), context.run.run_id)}
    )


@dg.asset(
    key=["ml", "monitoring_alert"],
    deps=[["ml", "feature_drift"], ["ml", "performance"], ["ml", "performance_estimate"]],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    group_name="monitoring",
    owners=[OWNER],
    kinds={"python", "postgres"},
)
def monitoring_alert(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Record what of these figures somebody has to know; the newest goes to the outbox."""
    from dagster_app.lib.monitoring.alerts import raise_alerts

    pass_gate(context, warehouse.get())
    months = [date.fromisoformat(key) for key in context.partition_keys]
    return dg.MaterializeResult(metadata={**raise_alerts(warehouse.get(), months, context.run.run_id)})
