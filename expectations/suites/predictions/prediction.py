"""ml.prediction: every score."""

from __future__ import annotations

from expectations.table_suite import ANY_PRODUCTION_MODEL, Bound, RowRule, TableSuite

# scores of a month are as of its as-of date; the bounds on predicted_at keep it to its partitions
_MONTH = (
    Bound("as_of_date", "=", "{as_of}"),
    Bound("predicted_at", ">", "{day_before} 00:00:00+00"),
    Bound("predicted_at", "<", "{month_after} 00:00:00+00"),
)


def build_suite() -> TableSuite:
    """Rules for scores: label, threshold and reasons are consistent."""
    return TableSuite(
        layer="predictions",
        relation="ml.prediction",
        key=("customer_code", "as_of_date", "model_version"),
        required_when=ANY_PRODUCTION_MODEL,
        rules=(
            RowRule(
                "label does not follow from the threshold", "predicted_label <> (probability >= threshold)::integer"
            ),
            RowRule("a calibrated model is never certain", "probability in (0, 1)"),
            RowRule(
                "reasons, values and contributions differ in number",
                "cardinality(top_features) <> cardinality(top_values) "
                "or cardinality(top_features) <> cardinality(top_contributions)",
            ),
            RowRule(
                "a reason is named twice",
                "cardinality(top_features) <> (select count(distinct f) from unnest(top_features) as f)",
            ),
            RowRule("a batch score has no reasons", "request_source = 'batch' and cardinality(top_features) = 0"),
        ),
        month_bounds=_MONTH,
        monitored_columns=("probability",),
    )
