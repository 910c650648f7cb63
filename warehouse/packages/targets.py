"""The raw tables a data package can fill, and what each of their columns holds.

Here belong column names, kinds and limits: one place that the package format, the row checks, the
staging tables and the documentation read. How rows are merged is `warehouse.loading`.
"""

from __future__ import annotations

from warehouse.packages.target import Keeping, Kind, KnownBy, Reference, Target, TargetColumn

_LARGEST_INTEGER = 2_147_483_647
_LARGEST_AMOUNT = 9_999_999_999_999.99  # cents stay exact in a double up to here


def _text(name: str, length: int | None, *, required: bool = False) -> TargetColumn:
    return TargetColumn(name, "text", required=required, max_length=length)


def _date(name: str, kind: Kind = "date", *, required: bool = False) -> TargetColumn:
    return TargetColumn(name, kind, required=required, minimum="1900-01-01", maximum="2199-12-31")


def _month(name: str) -> TargetColumn:
    return TargetColumn(name, "month", required=True, minimum="1990-01-01", maximum="2099-12-01")


def _integer(name: str, minimum: int = -_LARGEST_INTEGER) -> TargetColumn:
    return TargetColumn(name, "integer", minimum=minimum, maximum=_LARGEST_INTEGER)


def _amount(name: str) -> TargetColumn:
    return TargetColumn(name, "money", required=True, minimum=-_LARGEST_AMOUNT, maximum=_LARGEST_AMOUNT)


def _customer(column: str) -> Reference:
    return Reference(column, "customer", "crm.customer", "customer_code")


def _category(column: str) -> Reference:
    return Reference(column, "category", "source.voc_category", "voc_id")


_CUSTOMER = Target(
    name="crm.customer",
    table="crm.customer_version",
    columns=(
        _text("customer_code", 50, required=True),
        _text("name", 255, required=True),
        _text("email", 255, required=True),
        _text("phone", 50),
        TargetColumn("age", "number", minimum=0, maximum=150),
        _integer("tenure"),
        TargetColumn("balance", "number"),
        _integer("products", minimum=0),
        TargetColumn("credit_card", "boolean"),
        TargetColumn("active", "boolean"),
        TargetColumn("salary", "number"),
    ),
    key=("customer_code",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=1,
    has_attributes=True,
)
_SNAPSHOT = Target(
    name="source.user_monthly_features",
    table="source.user_monthly_features",
    columns=(
        _text("ccod", 50, required=True),
        _month("snapshot_month"),
        TargetColumn("contract_info", "document"),
        TargetColumn("user_information", "document"),
        TargetColumn("purchase_logs", "document"),
        TargetColumn("interaction_history", "document"),
    ),
    key=("ccod", "snapshot_month"),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.CUT_OFF,
    rank=2,
    references=(_customer("ccod"),),
)
_PURCHASE = Target(
    name="source.purchase",
    table="source.user_monthly_features",
    columns=(
        _text("ccod", 50, required=True),
        _text("purchase_id", 80, required=True),
        _text("product_code", 50),
        _text("product_name", 255),
        _date("purchased_at", "timestamp", required=True),
        TargetColumn("quantity", "number", required=True, minimum=-1e9, maximum=1e9),
        _amount("amount"),
    ),
    key=("purchase_id",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=2,
    references=(_customer("ccod"),),
    gathered_into="source.user_monthly_features",
)
_MESSAGE = Target(
    name="source.message",
    table="source.message",
    columns=(
        _text("rcno", 50, required=True),
        _date("received_at", "timestamp", required=True),
        _text("ccod", 50, required=True),
        _text("content", 1_000_000),
    ),
    key=("rcno",),
    keeping=Keeping.CURRENT,
    known_by=KnownBy.RECEIVED,
    rank=3,
    references=(_customer("ccod"),),
)
_INDUSTRY = Target(
    name="source.industry_codes",
    table="source.industry_codes",
    columns=(_text("code", 50, required=True), _text("name", 255)),
    key=("code",),
    keeping=Keeping.CURRENT,
    known_by=KnownBy.LOADED,
    rank=0,
)
_CATEGORY = Target(
    name="source.voc_category",
    table="source.voc_category_version",
    columns=(
        _text("voc_id", 50, required=True),
        _date("valid_from", required=True),
        _text("name", 255, required=True),
        TargetColumn("parent_id", "text", max_length=50, is_code=True),
        TargetColumn("level", "integer", required=True, minimum=1, maximum=9),
        _date("valid_to"),
    ),
    key=("voc_id", "valid_from"),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=0,
)
_SUCCESSION = Target(
    name="source.voc_category_succession",
    table="source.voc_category_succession",
    columns=(
        _text("voc_id", 50, required=True),
        _text("successor_voc_id", 50, required=True),
        _date("valid_from", required=True),
    ),
    key=("voc_id", "successor_voc_id"),
    keeping=Keeping.CURRENT,
    known_by=KnownBy.LOADED,
    rank=1,
    references=(_category("voc_id"), _category("successor_voc_id")),
)
_MESSAGE_LABEL = Target(
    name="source.message_label",
    table="source.message_label",
    columns=(
        _text("rcno", 50, required=True),
        _text("voc_id", 50, required=True),
        TargetColumn("is_claim", "boolean"),
        _text("reviewer", 100, required=True),
        _date("reviewed_at", "timestamp", required=True),
    ),
    key=("rcno",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.REVIEWED,
    rank=4,
    references=(Reference("rcno", "message", "source.message", "rcno"), _category("voc_id")),
)
_LABEL = Target(
    name="source.outcome_label",
    table="source.outcome_label",
    columns=(
        _text("target_name", 63, required=True),
        _text("customer_code", 50, required=True),
        _month("as_of_date"),
        TargetColumn("label", "integer", required=True, allowed=(0, 1)),
    ),
    key=("target_name", "customer_code", "as_of_date"),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=4,
    references=(_customer("customer_code"),),
)
_PAYMENT = Target(
    name="collections.payment_records",
    table="collections.payment_records",
    columns=(
        _text("invoice_number", 50, required=True),
        _text("customer_code", 50, required=True),
        _amount("amount"),
        TargetColumn("currency", "text", required=True, max_length=3),
        _date("issued_date", required=True),
        _date("due_date", required=True),
        _date("paid_date"),
        TargetColumn("status", "text", required=True, allowed=("pending", "overdue", "paid", "partial", "cancelled")),
    ),
    key=("invoice_number",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=5,
    references=(_customer("customer_code"),),
)
_LEDGER = Target(
    name="finance.timeseries_data",
    table="finance.timeseries_data",
    columns=(
        _text("entry_code", 80, required=True),
        _date("timestamp", "timestamp", required=True),
        _amount("value"),
        TargetColumn("category", "text", required=True, allowed=("revenue", "expense", "cash_flow")),
        TargetColumn("metadata", "json"),
    ),
    key=("entry_code",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOADED,
    rank=6,
)

_PROSPECT = Target(
    name="source.potential_user",
    table="source.potential_user",
    columns=(
        _month("snapshot_month"),
        _text("kedcd", 50, required=True),
        _text("bzpl_cd", 50, required=True),
        _text("bzpl_seq", 50, required=True),
        _text("bzno", 50),
        _text("enp_nm", 255),
        _text("sido", 100),
        _text("sigungu", 100),
        TargetColumn("lat", "number", minimum=-90, maximum=90),
        TargetColumn("lot", "number", minimum=-180, maximum=180),
        _text("bzpl_nm", 255),
        _text("bf_bzc_cd", 50),
        TargetColumn("bsze_metr", "number", minimum=0),
        TargetColumn("lsze_metr", "number", minimum=0),
        _text("rdnm_addr", 500),
    ),
    key=("kedcd", "bzpl_cd", "bzpl_seq", "snapshot_month"),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.CUT_OFF,
    rank=7,
)

_PREDICTION_LOG = Target(
    name="source.prediction_log",
    table="source.prediction_log",
    columns=(
        _text("prediction_id", 255, required=True),
        _date("created_at", "timestamp", required=True),
        _text("model_name", 100),
        _text("model_version", 50, required=True),
        TargetColumn("model_stage", "text", required=True, allowed=("production", "shadow", "archived")),
        _text("target_name", 63),
        TargetColumn("customer_code", "text", max_length=50, is_code=True),
        TargetColumn("prediction", "integer", allowed=(0, 1)),
        TargetColumn("probability", "number", minimum=0, maximum=1),
        _integer("age"),
        TargetColumn("debt_ratio", "number"),
        TargetColumn("monthly_income", "number"),
        _integer("number_dependents"),
        _text("request_source", 100),
        _integer("response_time_ms", 0),
    ),
    key=("prediction_id",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LOGGED,
    rank=8,
    naive_timezone="UTC",
)
_PREDICTION_LABEL = Target(
    name="source.prediction_label",
    table="source.prediction_label",
    columns=(
        _text("prediction_id", 255, required=True),
        TargetColumn("true_label", "integer", required=True, allowed=(0, 1)),
        _date("label_timestamp", "timestamp", required=True),
        _text("label_source", 100),
        _integer("days_delayed"),
    ),
    key=("prediction_id",),
    keeping=Keeping.VERSIONS,
    known_by=KnownBy.LABELLED,
    rank=9,
    naive_timezone="UTC",
    references=(Reference("prediction_id", "prediction", "source.prediction_log", "prediction_id"),),
)

TARGETS: dict[str, Target] = {
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
