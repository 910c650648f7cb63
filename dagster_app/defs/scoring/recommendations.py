"""Clusters of customers, and what to offer to customers and prospects, month by month."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN
from dagster_app.resources.warehouse import WarehouseResource

OWNER = "team:data-science"
TABLES = {
    "cluster": "Clusters of a month; a number lasts from month to month.",
    "customer_cluster": "The cluster of each customer and prospect.",
    "recommendation": "Three contracts and three products for each, with a reason that can be counted again.",
    "similar_customer": "The customer most like each customer and prospect.",
}


@dg.multi_asset(
    name="recommendations",
    specs=[
        dg.AssetSpec(
            ["ml", name],
            deps=[
                ["analytics", "customer_features"],
                ["intermediate", "int_recommendation__customer"],
                ["intermediate", "int_recommendation__holding"],
                ["staging", "stg_deskroom__potential_user"],
                ["staging", "stg_deskroom__industry_code"],
            ],
            description=description,
            group_name="scoring",
            owners=[OWNER],
            kinds={"python", "scikitlearn", "postgres"},
        )
        for name, description in TABLES.items()
    ],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
)
def recommendations(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Cluster and recommend for the run's months in order of time, each month replaced whole."""
    from dagster_app.lib.recommendation.months import recommend_months

    pass_gate(context, warehouse.get())
    months = [date.fromisoformat(key) for key in context.partition_keys]
    rows, methods = recommend_months(warehouse.get(), months, context.run.run_id)
    for name in TABLES:
        yield dg.MaterializeResult(
            asset_key=["ml", name], metadata={"rows": rows.get(f"ml.{name}", 0), "methods": methods}
        )
