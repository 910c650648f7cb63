"""staging.stg_collections__invoice: invoices with the project's column names."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for invoices: one currency, and plausible terms."""
    return TableSuite(
        layer="staging",
        relation="staging.stg_collections__invoice",
        key=("invoice_number", "known_at"),
        rules=(
            RowRule("due more than a year after it was issued", "due_date > issued_date + 366", severity="warn"),
            RowRule(
                "currency is not the company's",
                "currency <> (select min(package.currency) from source.data_package as package)",
                severity="warn",
            ),
        ),
        allow_empty=True,
    )
