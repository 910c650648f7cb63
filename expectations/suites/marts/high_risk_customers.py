"""analytics.high_risk_customers: the documented materialised view."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for the view: it shows the newest score of each customer."""
    return TableSuite(
        layer="marts",
        relation="analytics.high_risk_customers",
        key=("id",),
        rules=(
            RowRule(
                "the customer has a newer score",
                "exists (select from ml.prediction as newer where newer.customer_id = batch.id "
                "and newer.model_stage = 'production' and newer.predicted_at > batch.prediction_time)",
            ),
        ),
        is_blocking=False,
        allow_empty=True,
    )
