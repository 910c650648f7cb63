"""source.outcome_label: labels that a package supplies."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for labels: known after their as-of date, and not in the future."""
    return TableSuite(
        layer="raw",
        relation="source.outcome_label",
        key=("target_name", "customer_code", "as_of_date", "known_at"),
        rules=(
            RowRule("known before its own as-of date", "known_at < as_of_date - interval '1 day'"),
            RowRule("as-of date is in the future", "as_of_date > current_date + 1"),
        ),
        allow_empty=True,
    )
