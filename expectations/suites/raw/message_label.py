"""source.message_label: what people decided about messages."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for reviews: order of times, and a named reviewer."""
    return TableSuite(
        layer="raw",
        relation="source.message_label",
        key=("rcno", "known_at"),
        rules=(
            RowRule("known before it was decided", "known_at < reviewed_at"),
            RowRule("decided in the future", "reviewed_at > now() + interval '1 day'"),
            RowRule("reviewer is blank", "btrim(reviewer) = ''"),
        ),
        allow_empty=True,
    )
