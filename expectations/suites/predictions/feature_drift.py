"""ml.feature_drift: each feature and the score of a month compared with the training data."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for histograms: consistent counts, and a verdict that follows from the values."""
    return TableSuite(
        layer="predictions",
        relation="ml.feature_drift",
        key=("model_version", "as_of_date", "feature_name"),
        rules=(
            RowRule(
                "bins do not add up to the month's rows", "(select sum(c) from unnest(bin_counts) as c) <> row_count"
            ),
            RowRule(
                "more or fewer rows than the month has scores",
                "row_count <> (select count(*) from ml.prediction as score "
                "where score.model_version = batch.model_version and score.as_of_date = batch.as_of_date)",
                severity="warn",
            ),
            RowRule("called drifted by chance alone", "is_drifted and adjusted_p_value > 0.5"),
            RowRule(
                "missing ratio is not that of the first bin", "abs(missing_ratio * row_count - bin_counts[1]) > 0.5"
            ),
        ),
        month_bounds=(Bound("as_of_date", "=", "{as_of}"),),
        allow_empty=True,
    )
