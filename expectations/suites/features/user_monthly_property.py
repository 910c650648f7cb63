"""analytics.user_monthly_property: the documented 57 features."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite

# T of a month is within a day of midnight UTC, in every time zone
_MONTH = (
    Bound("created_at", ">", "{day_before} 00:00:00+00"),
    Bound("created_at", "<", "{day_after} 00:00:00+00"),
)


def build_suite() -> TableSuite:
    """Rules for features: values that are possible in a window, and means compared with the month before."""
    return TableSuite(
        layer="features",
        relation="analytics.user_monthly_property",
        key=("ccod", "created_at"),
        rules=(
            RowRule("more than twenty visits a day over thirty days", "work_last_30d > 600"),
            RowRule("more than a hundred contacts a day over thirty days", "interactions_30d > 3000"),
            RowRule("a count is negative", "least(cancelled_work, num_interactions, services_90d, work_last_30d) < 0"),
            RowRule("satisfaction is outside 0 to 100", "avg_csi_score < 0 or avg_csi_score > 100"),
            RowRule("activity density is not a positive number", "activity_density <= 0 or activity_density = 'NaN'"),
        ),
        month_bounds=_MONTH,
        monitored_columns=(
            "work_last_30d",
            "services_90d",
            "cancellation_rate_90d",
            "avg_csi_score",
            "interactions_30d",
            "voc_90d",
        ),
        allow_empty=True,
    )
