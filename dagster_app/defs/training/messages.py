"""The message classifier, trained on what people decided about messages."""

import dagster as dg

from dagster_app.defs.warehouse import relations
from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource


@dg.asset(
    key=["ml", "message_classifier"],
    deps=[
        relations.MASKED_MESSAGE,
        relations.MESSAGE_LABEL,
        relations.MESSAGE_CATEGORY_TREE,
        relations.CATEGORY_SUCCESSOR,
        relations.SUBJECT_DICTIONARY,
    ],
    group_name="training",
    kinds={"python", "scikitlearn", "postgres"},
)
@require_upstream_checks
def message_classifier(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Categories of messages, learned from every label known by now; the same labels make no second version."""
    from dagster_app.lib.messages.training import train_messages

    return dg.MaterializeResult(metadata=train_messages(warehouse.get(), model_store.get()).metadata())
