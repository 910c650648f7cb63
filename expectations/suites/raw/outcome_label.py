"""source.outcome_label: labels that a package brings."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Refuse labels that were known before the day they speak of: such a label is no later fact."""
    return TableSuite(
        layer="raw",
        relation="source.outcome_label",
        key=("target_name", "customer_code", "as_of_date", "known_at"),
        rules=(
            RowRule("known before the as-of date it speaks of", "known_at < as_of_date - interval '1 day'"),
            RowRule("as-of date lies in the future", "as_of_date > current_date + 1"),
        ),
        allow_empty=True,
    )
