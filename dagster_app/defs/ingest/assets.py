"""Raw tables, written by the loader from a data package."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from pydantic import Field

from dagster_app.lib.runs import progress
from dagster_app.lib.runs.partitions import MONTHLY
from dagster_app.resources.warehouse import WarehouseResource

PACKAGE = dg.AssetSpec(
    ["files", "data_package"],
    description="Folder with package.yml and the files it names, in the inbox or given by path.",
    group_name="ingest",
    kinds={"file"},
)
SNAPSHOT = dg.AssetSpec(
    ["source", "user_monthly_features"],
    deps=[PACKAGE],
    description="Monthly snapshot documents of each customer, one native partition for each month.",
    group_name="ingest",
    kinds={"postgres", "table"},
    partitions_def=MONTHLY,
)
RAW_TABLES = {
    ("crm", "customer"): "Latest known state of each customer.",
    ("crm", "customer_version"): "Every known state of each customer, append-only.",
    ("crm", "customer_identity"): "The customer's key in each system.",
    ("source", "data_package"): "The company that is loaded, its time zone and currency.",
    ("source", "load_batch"): "What was loaded, file by file.",
    ("source", "load_month"): "Which snapshot months a file changed.",
    ("source", "attribute"): "Attributes that a package brings beyond the documented columns.",
    ("source", "message"): "Messages of customers.",
    ("source", "voc_category"): "Categories of messages: the present tree.",
    ("source", "voc_category_version"): "Every version of each category, with its time in force.",
    ("source", "voc_category_succession"): "What took the place of a category that was split or merged.",
    ("source", "message_label"): "What people decided of messages, append-only.",
    ("source", "potential_user"): "Prospects: places of business that are not customers yet, by month.",
    ("source", "industry_codes"): "Industry codes and names.",
    ("source", "outcome_label"): "Labels that a package brings.",
    ("source", "prediction_log"): "Scores that an outside scorer logged, each version kept.",
    ("source", "prediction_label"): "Labels of logged scores, each version kept.",
    ("collections", "payment_records"): "Invoices and their payments, each version kept.",
    ("finance", "timeseries_data"): "Ledger entries.",
    ("quarantine", "rejected_row"): "Rows that could not be loaded, with file, line and reason.",
}


class PackageConfig(dg.Config):
    """Which package to load; `files` overrides paths that the package leaves to the user."""

    package: str
    files: dict[str, str] = Field(default_factory=dict)


@dg.multi_asset(
    name="raw_tables",
    specs=[
        dg.AssetSpec(
            list(key),
            deps=[PACKAGE],
            description=description,
            group_name="ingest",
            kinds={"postgres", "table"},
        )
        for key, description in RAW_TABLES.items()
    ],
)
def raw_tables(context: dg.AssetExecutionContext, config: PackageConfig, warehouse: WarehouseResource) -> Iterator[Any]:
    """Load one data package; a file loaded before adds nothing."""
    from dagster_app.lib.runs.loading import load, materializations

    report = load(warehouse.get(), config.package, config.files, progress.report)
    context.log_event(dg.AssetMaterialization(PACKAGE.key, metadata={"path": config.package, **report.metadata()}))
    for event in materializations(report, SNAPSHOT.key):
        context.log_event(event)
    for key in RAW_TABLES:
        yield dg.MaterializeResult(asset_key=list(key), metadata=report.metadata(".".join(key)))
