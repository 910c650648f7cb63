"""analytics.retention_list: whom to call."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for the list: calls that pay, of the newest scoring."""
    return TableSuite(
        layer="marts",
        relation="analytics.retention_list",
        key=("target_name", "customer_code"),
        rules=(
            RowRule("the call costs more than it is expected to bring", "expected_value < 0", severity="warn"),
            RowRule("nothing to lose with this customer", "value_at_risk < 0"),
        ),
        is_blocking=False,
        freshness=Freshness(
            "as_of_date",
            "select max(as_of_date) from ml.prediction where model_stage = 'production' and request_source = 'batch'",
        ),
        allow_empty=True,
    )
