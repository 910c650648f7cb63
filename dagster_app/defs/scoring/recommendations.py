"""Clusters of customers, and what to offer to customers and prospects, month by month."""

from collections.abc import Iterator

import dagster as dg

from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import relation_name, require_upstream_checks
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN, months_of
from dagster_app.resources.warehouse import WarehouseResource

CLUSTER = dg.AssetKey(["ml", "cluster"])
CUSTOMER_CLUSTER = dg.AssetKey(["ml", "customer_cluster"])
RECOMMENDATION = dg.AssetKey(["ml", "recommendation"])
SIMILAR_CUSTOMER = dg.AssetKey(["ml", "similar_customer"])
TABLES = {
    CLUSTER: "Clusters of a month; a number lasts from month to month.",
    CUSTOMER_CLUSTER: "The cluster of each customer and prospect.",
    RECOMMENDATION: "Three contracts and three products for each, with a reason that can be counted again.",
    SIMILAR_CUSTOMER: "The customer most like each customer and prospect.",
}


@dg.multi_asset(
    name="recommendations",
    specs=[
        dg.AssetSpec(
            key,
            deps=[
                relations.CUSTOMER_FEATURES,
                relations.RECOMMENDATION_CUSTOMER,
                relations.HOLDING,
                relations.PROSPECT,
                relations.INDUSTRY_CODE,
            ],
            description=description,
            group_name="scoring",
            kinds={"python", "scikitlearn", "postgres"},
        )
        for key, description in TABLES.items()
    ],
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
)
@require_upstream_checks
def recommendations(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Cluster and recommend for the run's months in order of time, each month replaced whole."""
    from dagster_app.lib.recommendation.months import recommend_months

    rows, methods = recommend_months(warehouse.get(), months_of(context), context.run.run_id)
    for key in TABLES:
        count = rows.get(relation_name(key), 0)
        yield dg.MaterializeResult(asset_key=key, metadata={"rows": count, "methods": methods})
