"""analytics.customer_features: what models read."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for the joined features: plausible values, and means compared with the month before."""
    return TableSuite(
        layer="features",
        relation="analytics.customer_features",
        key=("customer_code", "snapshot_month"),
        rules=(
            RowRule("monthly fee is negative", "monthly_fee < 0"),
            RowRule("months since a contract started are negative", "tenure_months < 0 or months_since_last_start < 0"),
            RowRule("days since the last purchase are negative", "days_since_last_purchase < 0"),
            RowRule("site area is not positive", "site_area_m2 <= 0", severity="warn"),
            RowRule("overdue amount is negative", "overdue_amount < 0"),
        ),
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        monitored_columns=(
            "work_last_90d",
            "voc_90d",
            "monthly_fee",
            "tenure_months",
            "purchase_amount_90d",
            "average_days_late_180d",
            "balance",
        ),
    )
