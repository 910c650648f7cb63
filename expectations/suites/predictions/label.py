"""ml.label: the truth, as it became known."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Refuse labels that were known before they could be."""
    return TableSuite(
        layer="predictions",
        relation="ml.label",
        key=("target_name", "customer_code", "as_of_date", "known_at"),
        rules=(
            RowRule("known before its own as-of date", "known_at < as_of_date - interval '1 day'"),
            RowRule("known after it was recorded", "known_at > recorded_at + interval '1 day'", severity="warn"),
        ),
        allow_empty=True,
    )
