"""ml.performance: realised quality, every state of knowledge."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for metrics: range, interval, and months with complete labels only."""
    return TableSuite(
        layer="predictions",
        relation="ml.performance",
        key=("model_version", "as_of_date", "segment", "metric_name", "labels_known_until"),
        rules=(
            RowRule("outside 0 to 1", "metric_name <> 'log_loss' and (value < 0 or value > 1)"),
            RowRule("value is outside its own interval", "value < lower_bound or value > upper_bound"),
            RowRule(
                "more labels than scores",
                "segment = 'all' and row_count > (select count(*) from ml.prediction as score "
                "where score.model_version = batch.model_version and score.as_of_date = batch.as_of_date)",
                severity="warn",
            ),
        ),
        allow_empty=True,
    )
