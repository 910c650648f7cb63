"""finance.timeseries_data: the finance ledger."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for ledger entries: sign by category, and known after they happened."""
    return TableSuite(
        layer="raw",
        relation="finance.timeseries_data",
        key=("entry_code", "known_at"),
        rules=(
            RowRule(
                "revenue or expense is negative", "category in ('revenue', 'expense') and value < 0", severity="warn"
            ),
            RowRule("known before it happened", "known_at < \"timestamp\" - interval '1 day'"),
        ),
        freshness=Freshness(
            "timestamp",
            "select (max(snapshot_month) + interval '1 month') at time zone 'UTC' from source.load_month",
        ),
        allow_empty=True,
    )
