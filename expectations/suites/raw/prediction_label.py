"""source.prediction_label: what came true of logged scores."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite

_DELAY = (
    "select extract(epoch from batch.label_timestamp - log.created_at) / 86400 "
    "from source.prediction_log as log where log.prediction_id = batch.prediction_id order by log.known_at desc limit 1"
)


def build_suite() -> TableSuite:
    """Refuse labels from before their score; a stated delay must be the one that the two instants give."""
    return TableSuite(
        layer="raw",
        relation="source.prediction_label",
        key=("prediction_id", "known_at"),
        rules=(
            RowRule("label is older than the score it belongs to", f"({_DELAY}) < 0"),
            RowRule(
                "days_delayed is not the time from score to label",
                f"abs(days_delayed - ({_DELAY})) > 1",
                severity="warn",
            ),
        ),
        allow_empty=True,
    )
