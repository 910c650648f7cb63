"""The message classifier, trained on what people decided about messages."""

import dagster as dg

from dagster_app.lib.checks.blocking import pass_gate
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource

OWNER = "team:data-science"


@dg.asset(
    key=["ml", "message_classifier"],
    deps=[
        ["intermediate", "int_voc__masked_message"],
        ["staging", "stg_deskroom__message_label"],
        ["staging", "stg_deskroom__voc_category"],
        ["intermediate", "int_voc__category_successor"],
        ["staging", "subject_dictionary"],
    ],
    group_name="training",
    owners=[OWNER],
    kinds={"python", "scikitlearn", "postgres"},
)
def message_classifier(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, model_store: ModelStore
) -> dg.MaterializeResult[None]:
    """Categories of messages, learned from every label known by now; the same labels make no second version."""
    from dagster_app.lib.messages.training import train_messages

    pass_gate(context, warehouse.get())
    return dg.MaterializeResult(metadata=train_messages(warehouse.get(), model_store.get()).metadata())
