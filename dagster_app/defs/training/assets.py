"""Labels as later facts, and the model with everything the registry holds about it."""

from collections.abc import Iterator

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role

OWNER = "team:data-science"
REGISTRY = {
    "model_version": "Every trained version; one is active.",
    "model_deployment": "Which version was in production when, and why.",
    "model_metrics": "Quality of each version by backtest origin, beside its baselines.",
    "feature_importance": "Mean absolute contribution of each feature, and its means by outcome.",
}


@dg.asset(
    key=["ml", "label"],
    deps=[["intermediate", "int_outcomes__label"]],
    group_name="training",
    owners=[OWNER],
    kinds={"python", "postgres"},
)
def label(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Matured labels, versioned: a corrected label is a further row, known later."""
    from dagster_app.lib.risk.labels import label_counts, publish_labels

    pass_gate(context, warehouse.get())
    with warehouse.get().connect(Role.MODEL) as connection:
        published = publish_labels(connection)
        counts = {f"{row[0]}_rows": row[1] for row in label_counts(connection)}
    return dg.MaterializeResult(metadata={"published": published, **counts})


@dg.multi_asset(
    name="model",
    specs=[
        dg.AssetSpec(
            ["ml", name],
            deps=[
                ["ml", "label"],
                ["analytics", "customer_features"],
                ["analytics", "feature_dictionary"],
                ["intermediate", "int_risk__target_economics"],
                ["intermediate", "int_outcomes__target"],
            ],
            description=description,
            group_name="training",
            owners=[OWNER],
            kinds={"python", "lightgbm", "postgres"},
        )
        for name, description in REGISTRY.items()
    ],
)
def model(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> Iterator[dg.MaterializeResult[None]]:
    """Train each target on every label known by now, measure, register; the same data make no second version."""
    from dagster_app.lib.risk.targets import by_target
    from dagster_app.lib.risk.training import train_target

    pass_gate(context, warehouse.get())
    metadata = by_target(
        warehouse.get(), lambda target: train_target(warehouse.get(), model_store.get(), target.name).metadata()
    )
    for name in REGISTRY:
        yield dg.MaterializeResult(asset_key=["ml", name], metadata=metadata)
