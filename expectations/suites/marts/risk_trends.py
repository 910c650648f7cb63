"""analytics.risk_trends: scores by day."""

from __future__ import annotations

from expectations.table_suite import DOCUMENTED_TARGET_MODEL, Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for the trend: only scored days, the newest included."""
    return TableSuite(
        layer="marts",
        relation="analytics.risk_trends",
        key=("date",),
        required_when=DOCUMENTED_TARGET_MODEL,
        rules=(RowRule("a day without a score", "total_predictions = 0"),),
        is_blocking=False,
        freshness=Freshness(
            "date", "select max(predicted_at)::date from ml.prediction where model_stage = 'production'"
        ),
    )
