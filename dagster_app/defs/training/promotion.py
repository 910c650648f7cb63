"""Retraining: a trigger trains a challenger in shadow mode, the promotion gate decides, promotions are watched.

Without a waiting trigger, challenger or watch each of these does nothing.
"""

from collections.abc import Iterator

import dagster as dg

from dagster_app.defs.training.assets import label
from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import failing_checks, require_upstream_checks
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

RETRAINING = dg.AssetKey(["ml", "retraining"])
GATE_TABLES = {
    RETRAINING: "Every attempt at a better version with the verdict of the gate.",
    dg.AssetKey(
        ["ml", "promotion_override"]
    ): "Who promoted a version against the promotion gate, and why; written by people.",
}


@dg.asset(
    key=["ml", "challenger"],
    deps=[label, *relations.TRAINING_INPUTS, *relations.SCORING_INPUTS],
    group_name="training",
    kinds={"python", "lightgbm", "postgres"},
)
@require_upstream_checks
def challenger(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Train a version for a waiting trigger and score next to the champion; its scores are not used."""
    from dagster_app.lib.promotion.challenger import challenge
    from dagster_app.lib.risk.targets import by_target

    opened = warehouse.get()
    metadata = by_target(
        opened, lambda of: challenge(opened, model_store.get(), of.name, of.model_name, context.run.run_id)
    )
    return dg.MaterializeResult(metadata=metadata)


@dg.multi_asset(
    name="promotion_gate",
    specs=[
        dg.AssetSpec(
            key,
            deps=[challenger, label, relations.PROTECTED_SEGMENT],
            description=description,
            group_name="training",
            kinds={"python", "postgres"},
        )
        for key, description in GATE_TABLES.items()
    ],
)
def promotion_gate(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Compare each challenger with the champion where labels have matured; promote what is certainly better."""
    from dagster_app.lib.promotion.comparison import decide_waiting
    from dagster_app.lib.risk.targets import by_target

    opened = warehouse.get()
    failed = failing_checks(context, opened)  # a reason for the gate to refuse, not to skip the decision
    metadata = by_target(
        opened,
        lambda of: {
            f"attempt_{number}": dg.MetadataValue.json(item)
            for number, item in enumerate(decide_waiting(opened, of.name, of.model_name, failed), start=1)
        },
    )
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)


@dg.asset(
    key=["ml", "promotion_watch"],
    deps=[RETRAINING, label],
    group_name="training",
    kinds={"python", "postgres"},
)
@require_upstream_checks
def promotion_watch(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Hold a newly promoted version against the one it replaced; if it leaves its tolerance band it is rolled back."""
    from dagster_app.lib.promotion.watch import watch
    from dagster_app.lib.risk.targets import by_target

    opened = warehouse.get()
    metadata = by_target(
        opened, lambda of: watch(opened, model_store.get(), of.name, of.model_name, context.run.run_id)
    )
    return dg.MaterializeResult(metadata=metadata)
