"""What the active classifier says of each message, once for each version."""

from collections.abc import Iterator

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

OWNER = "team:data-science"
TABLES = {
    "message_classification": "Complaint or not, summary, keywords, subject of each message; whether it is unknown.",
    "message_category": "Up to five paths of the tree for each message, a row per level, with confidence and reason.",
}


@dg.multi_asset(
    name="classifications",
    specs=[
        dg.AssetSpec(
            ["ml", name],
            deps=[["ml", "message_classifier"], ["intermediate", "int_voc__masked_message"]],
            description=description,
            group_name="scoring",
            owners=[OWNER],
            kinds={"python", "scikitlearn", "postgres"},
        )
        for name, description in TABLES.items()
    ],
)
def classifications(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> Iterator[dg.MaterializeResult[None]]:
    """Classify the messages that the active version has not read yet."""
    from dagster_app.lib.messages.training import classify_messages

    pass_gate(context, warehouse.get())
    found = classify_messages(warehouse.get(), model_store.get(), context.run.run_id)
    for name in TABLES:
        yield dg.MaterializeResult(asset_key=["ml", name], metadata=found)
