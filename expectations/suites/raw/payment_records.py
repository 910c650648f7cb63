"""collections.payment_records: versions of invoices."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for invoices: order of dates, and a status that fits them."""
    return TableSuite(
        layer="raw",
        relation="collections.payment_records",
        key=("invoice_number", "known_at"),
        rules=(
            RowRule("due before it was issued", "due_date < issued_date"),
            RowRule("paid before it was issued", "paid_date < issued_date", severity="warn"),
            RowRule("amount is not positive", "amount <= 0", severity="warn"),
            RowRule("paid without a date of payment", "status = 'paid' and paid_date is null"),
            RowRule(
                "waits for payment and has a date of payment",
                "status in ('pending', 'overdue') and paid_date is not null",
            ),
            RowRule("known before it was issued", "known_at < issued_date - interval '1 day'"),
        ),
        freshness=Freshness(
            "issued_date", "select (max(snapshot_month) + interval '1 month')::date from source.load_month"
        ),
        allow_empty=True,
    )
