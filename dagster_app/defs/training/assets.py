"""Labels as later facts, and the model with everything the registry holds about it."""

from collections.abc import Iterator

import dagster as dg

from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role

MODEL_VERSION = dg.AssetKey(["ml", "model_version"])
REGISTRY = {
    MODEL_VERSION: "Every trained version; one is active.",
    dg.AssetKey(["ml", "model_deployment"]): "Which version was in production when, and why.",
    dg.AssetKey(["ml", "model_metrics"]): "Quality of each version by backtest origin, next to its baselines.",
    dg.AssetKey(["ml", "feature_importance"]): "Mean absolute contribution of each feature, and its means by outcome.",
}


@dg.asset(
    key=["ml", "label"],
    deps=[relations.OUTCOME_LABEL],
    group_name="training",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def label(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Matured labels, versioned: a corrected label is a further row, known later."""
    from dagster_app.lib.risk.labels import label_counts, publish_labels

    with warehouse.get().connect(Role.MODEL) as connection:
        published = publish_labels(connection)
        counts = {f"{row[0]}_rows": row[1] for row in label_counts(connection)}
    return dg.MaterializeResult(metadata={"published": published, **counts})


@dg.multi_asset(
    name="model",
    specs=[
        dg.AssetSpec(
            key,
            deps=[label, *relations.TRAINING_INPUTS],
            description=description,
            group_name="training",
            kinds={"python", "lightgbm", "postgres"},
        )
        for key, description in REGISTRY.items()
    ],
)
@require_upstream_checks
def model(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> Iterator[dg.MaterializeResult[None]]:
    """Train each target on every label known by now, measure, register; the same data make no second version."""
    from dagster_app.lib.risk.targets import by_target
    from dagster_app.lib.risk.training import train_target

    metadata = by_target(
        warehouse.get(), lambda target: train_target(warehouse.get(), model_store.get(), target.name).metadata()
    )
    for key in REGISTRY:
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
