"""analytics.user_churn_prediction: the documented wide table of scores and reasons."""

from __future__ import annotations

from expectations.table_suite import DOCUMENTED_TARGET_MODEL, Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for published scores: reasons are present, the strongest first."""
    return TableSuite(
        layer="marts",
        relation="analytics.user_churn_prediction",
        key=("ccod", "snapshot_month"),
        required_when=DOCUMENTED_TARGET_MODEL,
        rules=(
            RowRule("score has no first reason", "feature_1_contrib is null", severity="warn"),
            RowRule(
                "reasons are not ordered by strength",
                "abs(feature_1_contrib) < abs(feature_2_contrib) or abs(feature_2_contrib) < abs(feature_3_contrib)",
            ),
            RowRule(
                "a reason has no label in Korean",
                "feature_1_contrib is not null and feature_1_kor is null",
                severity="warn",
            ),
        ),
        is_blocking=False,
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        monitored_columns=("churn_prob",),
    )
