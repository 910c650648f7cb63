"""source.prediction_log: what outside scorers logged."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for logged scores: order of times, and a score or a label."""
    return TableSuite(
        layer="raw",
        relation="source.prediction_log",
        key=("prediction_id", "known_at"),
        rules=(
            RowRule("scored in the future", "created_at > now() + interval '1 day'"),
            RowRule("neither a probability nor a prediction", "probability is null and prediction is null"),
            RowRule(
                "prediction_id of a score of this warehouse",
                "exists (select from ml.prediction_key as key where key.prediction_id = batch.prediction_id)",
            ),
        ),
        allow_empty=True,
    )
