"""analytics.user_voc_activity: repeat contacts."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for repeat contacts: consistent counts, up to date with the newest message."""
    return TableSuite(
        layer="marts",
        relation="analytics.user_voc_activity",
        key=("aggregate_date", "ccod", "category_code"),
        rules=(
            RowRule("a negative count", "least(recontact_agg_day, recontact_past_24h) < 0"),
            RowRule(
                "more than a hundred messages of one customer in a day", "recontact_agg_day >= 100", severity="warn"
            ),
        ),
        is_blocking=False,
        freshness=Freshness("aggregate_date", "select max(received_at)::date from source.message"),
        allow_empty=True,
    )
