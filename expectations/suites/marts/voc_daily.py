"""analytics.voc_daily: messages by day, region and category."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for the daily counts: up to date with the newest message, and the same messages in both bases."""
    return TableSuite(
        layer="marts",
        relation="analytics.voc_daily",
        key=("aggregate_date", "basis", "region", "main_category_code", "category_code"),
        rules=(
            RowRule("a row without a message", "message_count < 1"),
            RowRule(
                "the day's messages differ between the bases",
                "aggregate_date in (select day.aggregate_date from analytics.voc_daily as day "
                "group by day.aggregate_date having sum(day.message_count) filter (where day.basis = 'restated') "
                "is distinct from sum(day.message_count) filter (where day.basis = 'as_classified'))",
            ),
        ),
        is_blocking=False,
        freshness=Freshness("aggregate_date", "select max(received_at)::date from source.message"),
        allow_empty=True,
    )
