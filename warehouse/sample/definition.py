"""package.yml of the simulated company."""

from __future__ import annotations

from typing import Any

import yaml

from warehouse.sample.faults import FaultPlan
from warehouse.sample.options import SampleOptions
from warehouse.sample.timeline import TIME_ZONE

COMPANY = "sample_company"
_PAYMENT_COLUMNS = (
    "invoice_number",
    "customer_code",
    "amount",
    "currency",
    "issued_date",
    "due_date",
    "paid_date",
    "status",
)


def package_definition(options: SampleOptions, plan: FaultPlan) -> str:
    """Text of package.yml."""
    document = {
        "name": COMPANY,
        "company": COMPANY,
        "title": "Simulated pest-control and hygiene service company",
        "description": _description(options),
        "is_simulated": True,
        "business_timezone": TIME_ZONE,
        "currency": "KRW",
        "targets": list(options.targets),
        "attributes": _attributes(),
        "files": _files(plan),
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _description(options: SampleOptions) -> str:
    drift = options.drift
    moved = f"{drift.driver} by {drift.sigma} from {drift.month:%Y-%m}" if drift else "none"
    return (
        "Simulated: no customer, message or amount is real. "
        f"{options.customers} customers, {options.months} months to {options.end_month:%Y-%m}, "
        f"seed {options.seed}, drift {moved}, faults {', '.join(options.faults) or 'none'}."
    )


def _attributes() -> dict[str, Any]:
    return {
        "sales_channel": {
            "type": "categorical",
            "label_en": "Sales channel",
            "label_ko": "유입 경로",
            "direction": 0,
            "description": "How the customer came to the company.",
        },
        "building_age_years": {
            "type": "numeric",
            "unit": "years",
            "label_en": "Building age",
            "label_ko": "건물 연수",
            "direction": 1,
            "description": "Age of the building at joining; old buildings have more pests.",
        },
    }


def _files(plan: FaultPlan) -> list[dict[str, Any]]:
    snapshot = "source.user_monthly_features"
    entries: list[dict[str, Any]] = [
        {"path": "industry_codes.csv", "target": "source.industry_codes"},
        {
            "path": "customers.csv.gz",
            "target": "crm.customer",
            "columns": {name: name for name in ("customer_code", "name", "email", "phone", "age", "credit_card")},
            "attributes": {name: name for name in _attributes()},
            "known_at": {"from": "joined_on"},
        },
        {"path": "snapshots/*.parquet", "target": snapshot},
    ]
    for path, known_at in plan.extra_entries():
        key = path.split("/")[0]
        entries.append({"key": key, "path": path, "target": snapshot, "known_at": {"constant": known_at}})
    payment_columns = {name: name for name in _PAYMENT_COLUMNS}
    ledger_columns = {name: name for name in ("entry_code", "timestamp", "value", "category", "metadata")}
    return [
        *entries,
        {"path": "messages/*.parquet", "target": "source.message"},
        {"path": "message_labels/*.parquet", "target": "source.message_label"},
        {
            "path": "voc_categories.csv",
            "target": "source.voc_category",
            "known_at": {"from": "valid_from"},
        },
        {
            "path": "voc_successions.csv",
            "target": "source.voc_category_succession",
            "known_at": {"from": "valid_from"},
        },
        {"path": "prospects/*.parquet", "target": "source.potential_user"},
        {
            "path": "invoices/*.parquet",
            "target": "collections.payment_records",
            "columns": payment_columns,
            "known_at": {"from": "known_at"},
        },
        {
            "path": "ledger/*.csv",
            "target": "finance.timeseries_data",
            "columns": ledger_columns,
            "known_at": {"from": "known_at"},
        },
    ]
