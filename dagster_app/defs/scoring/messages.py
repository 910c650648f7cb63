"""What the active classifier says of each message, once for each version."""

from collections.abc import Iterator

import dagster as dg

from dagster_app.defs.training.messages import message_classifier
from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

CLASSIFICATION = dg.AssetKey(["ml", "message_classification"])
CATEGORY = dg.AssetKey(["ml", "message_category"])
TABLES = {
    CLASSIFICATION: "Complaint or not, summary, keywords, subject of each message; whether it is unknown.",
    CATEGORY: "Up to five paths of the tree for each message, a row per level, with confidence and reason.",
}


@dg.multi_asset(
    name="classifications",
    specs=[
        dg.AssetSpec(
            key,
            deps=[message_classifier, relations.MASKED_MESSAGE],
            description=description,
            group_name="scoring",
            kinds={"python", "scikitlearn", "postgres"},
        )
        for key, description in TABLES.items()
    ],
)
@require_upstream_checks
def classifications(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> Iterator[dg.MaterializeResult[None]]:
    """Classify the messages that the active version has not read yet."""
    from dagster_app.lib.messages.training import classify_messages

    found = classify_messages(warehouse.get(), model_store.get(), context.run.run_id)
    for key in TABLES:
        yield dg.MaterializeResult(asset_key=key, metadata=found)
