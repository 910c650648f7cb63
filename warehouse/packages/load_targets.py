"""The raw tables a data package can fill, and what each of their columns holds.

Belongs here: column names, kinds and limits: one place that the package format, the row checks, the
load buffers and the documentation use. How rows are merged is `warehouse.loading`.
"""

from __future__ import annotations

from warehouse.packages.column_kinds import amount, day, integer, month, of_category, of_customer, text
from warehouse.packages.load_target import ForeignKey, KnownAtPolicy, LoadTarget, LoadTargetColumn, VersionPolicy

_CUSTOMER = LoadTarget(
    name="crm.customer",
    table="crm.customer_version",
    columns=(
        text("customer_code", 50, required=True),
        text("name", 255, required=True),
        text("email", 255, required=True),
        text("phone", 50),
        LoadTargetColumn("age", "number", minimum=0, maximum=150),
        integer("tenure"),
        LoadTargetColumn("balance", "number"),
        integer("products", minimum=0),
        LoadTargetColumn("credit_card", "boolean"),
        LoadTargetColumn("active", "boolean"),
        LoadTargetColumn("salary", "number"),
    ),
    key=("customer_code",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=1,
    has_attributes=True,
)
_SNAPSHOT = LoadTarget(
    name="source.user_monthly_features",
    table="source.user_monthly_features",
    columns=(
        text("ccod", 50, required=True),
        month("snapshot_month"),
        LoadTargetColumn("contract_info", "document"),
        LoadTargetColumn("user_information", "document"),
        LoadTargetColumn("purchase_logs", "document"),
        LoadTargetColumn("interaction_history", "document"),
    ),
    key=("ccod", "snapshot_month"),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.CUT_OFF,
    rank=2,
    references=(of_customer("ccod"),),
)
_PURCHASE = LoadTarget(
    name="source.purchase",
    table="source.user_monthly_features",
    columns=(
        text("ccod", 50, required=True),
        text("purchase_id", 80, required=True),
        text("product_code", 50),
        text("product_name", 255),
        day("purchased_at", "timestamp", required=True),
        LoadTargetColumn("quantity", "number", required=True, minimum=-1e9, maximum=1e9),
        amount("amount"),
    ),
    key=("purchase_id",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=2,
    references=(of_customer("ccod"),),
    combined_into="source.user_monthly_features",
)
_MESSAGE = LoadTarget(
    name="source.message",
    table="source.message",
    columns=(
        text("rcno", 50, required=True),
        day("received_at", "timestamp", required=True),
        text("ccod", 50, required=True),
        text("content", 1_000_000),
    ),
    key=("rcno",),
    keeping=VersionPolicy.CURRENT,
    known_by=KnownAtPolicy.RECEIVED,
    rank=3,
    references=(of_customer("ccod"),),
)
_INDUSTRY = LoadTarget(
    name="source.industry_codes",
    table="source.industry_codes",
    columns=(text("code", 50, required=True), text("name", 255)),
    key=("code",),
    keeping=VersionPolicy.CURRENT,
    known_by=KnownAtPolicy.LOADED,
    rank=0,
)
_CATEGORY = LoadTarget(
    name="source.voc_category",
    table="source.voc_category_version",
    columns=(
        text("voc_id", 50, required=True),
        day("valid_from", required=True),
        text("name", 255, required=True),
        LoadTargetColumn("parent_id", "text", max_length=50, is_code=True),
        LoadTargetColumn("level", "integer", required=True, minimum=1, maximum=9),
        day("valid_to"),
    ),
    key=("voc_id", "valid_from"),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=0,
)
_SUCCESSION = LoadTarget(
    name="source.voc_category_succession",
    table="source.voc_category_succession",
    columns=(
        text("voc_id", 50, required=True),
        text("successor_voc_id", 50, required=True),
        day("valid_from", required=True),
    ),
    key=("voc_id", "successor_voc_id"),
    keeping=VersionPolicy.CURRENT,
    known_by=KnownAtPolicy.LOADED,
    rank=1,
    references=(of_category("voc_id"), of_category("successor_voc_id")),
)
_MESSAGE_LABEL = LoadTarget(
    name="source.message_label",
    table="source.message_label",
    columns=(
        text("rcno", 50, required=True),
        text("voc_id", 50, required=True),
        LoadTargetColumn("is_claim", "boolean"),
        text("reviewer", 100, required=True),
        day("reviewed_at", "timestamp", required=True),
    ),
    key=("rcno",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.REVIEWED,
    rank=4,
    references=(ForeignKey("rcno", "message", "source.message", "rcno"), of_category("voc_id")),
)
_LABEL = LoadTarget(
    name="source.outcome_label",
    table="source.outcome_label",
    columns=(
        text("target_name", 63, required=True),
        text("customer_code", 50, required=True),
        month("as_of_date"),
        LoadTargetColumn("label", "integer", required=True, allowed=(0, 1)),
    ),
    key=("target_name", "customer_code", "as_of_date"),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=4,
    references=(of_customer("customer_code"),),
)
_PAYMENT = LoadTarget(
    name="collections.payment_records",
    table="collections.payment_records",
    columns=(
        text("invoice_number", 50, required=True),
        text("customer_code", 50, required=True),
        amount("amount"),
        LoadTargetColumn("currency", "text", required=True, max_length=3),
        day("issued_date", required=True),
        day("due_date", required=True),
        day("paid_date"),
        LoadTargetColumn(
            "status", "text", required=True, allowed=("pending", "overdue", "paid", "partial", "cancelled")
        ),
    ),
    key=("invoice_number",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=5,
    references=(of_customer("customer_code"),),
)
_LEDGER = LoadTarget(
    name="finance.timeseries_data",
    table="finance.timeseries_data",
    columns=(
        text("entry_code", 80, required=True),
        day("timestamp", "timestamp", required=True),
        amount("value"),
        LoadTargetColumn("category", "text", required=True, allowed=("revenue", "expense", "cash_flow")),
        LoadTargetColumn("metadata", "json"),
    ),
    key=("entry_code",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOADED,
    rank=6,
)

_PROSPECT = LoadTarget(
    name="source.potential_user",
    table="source.potential_user",
    columns=(
        month("snapshot_month"),
        text("kedcd", 50, required=True),
        text("bzpl_cd", 50, required=True),
        text("bzpl_seq", 50, required=True),
        text("bzno", 50),
        text("enp_nm", 255),
        text("sido", 100),
        text("sigungu", 100),
        LoadTargetColumn("lat", "number", minimum=-90, maximum=90),
        LoadTargetColumn("lot", "number", minimum=-180, maximum=180),
        text("bzpl_nm", 255),
        text("bf_bzc_cd", 50),
        LoadTargetColumn("bsze_metr", "number", minimum=0),
        LoadTargetColumn("lsze_metr", "number", minimum=0),
        text("rdnm_addr", 500),
    ),
    key=("kedcd", "bzpl_cd", "bzpl_seq", "snapshot_month"),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.CUT_OFF,
    rank=7,
)

_PREDICTION_LOG = LoadTarget(
    name="source.prediction_log",
    table="source.prediction_log",
    columns=(
        text("prediction_id", 255, required=True),
        day("created_at", "timestamp", required=True),
        text("model_name", 100),
        text("model_version", 50, required=True),
        LoadTargetColumn("model_stage", "text", required=True, allowed=("production", "shadow", "archived")),
        text("target_name", 63),
        LoadTargetColumn("customer_code", "text", max_length=50, is_code=True),
        LoadTargetColumn("prediction", "integer", allowed=(0, 1)),
        LoadTargetColumn("probability", "number", minimum=0, maximum=1),
        integer("age"),
        LoadTargetColumn("debt_ratio", "number"),
        LoadTargetColumn("monthly_income", "number"),
        integer("number_dependents"),
        text("request_source", 100),
        integer("response_time_ms", 0),
    ),
    key=("prediction_id",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LOGGED,
    rank=8,
    naive_timezone="UTC",
)
_PREDICTION_LABEL = LoadTarget(
    name="source.prediction_label",
    table="source.prediction_label",
    columns=(
        text("prediction_id", 255, required=True),
        LoadTargetColumn("true_label", "integer", required=True, allowed=(0, 1)),
        day("label_timestamp", "timestamp", required=True),
        text("label_source", 100),
        integer("days_delayed"),
    ),
    key=("prediction_id",),
    keeping=VersionPolicy.VERSIONS,
    known_by=KnownAtPolicy.LABELLED,
    rank=9,
    naive_timezone="UTC",
    references=(ForeignKey("prediction_id", "prediction", "source.prediction_log", "prediction_id"),),
)

LOAD_TARGETS: dict[str, LoadTarget] = {
    target.name: target
    for target in (
        _INDUSTRY,
        _CATEGORY,
        _SUCCESSION,
        _CUSTOMER,
        _SNAPSHOT,
        _PURCHASE,
        _MESSAGE,
        _MESSAGE_LABEL,
        _LABEL,
        _PAYMENT,
        _LEDGER,
        _PROSPECT,
        _PREDICTION_LOG,
        _PREDICTION_LABEL,
    )
}
