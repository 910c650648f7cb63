"""ml.message_classification: classifications of messages by version."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for classifications: possible values; a high share of abstentions is a warning."""
    return TableSuite(
        layer="predictions",
        relation="ml.message_classification",
        key=("message_id", "model_version"),
        rules=(
            RowRule("classified in the future", "classified_at > now() + interval '1 day'"),
            RowRule("decided without a confidence", "not is_unknown and confidence is null"),
            RowRule("keywords are not a list", "jsonb_typeof(keywords) <> 'array'"),
            RowRule(
                "decided without a candidate",
                "not is_unknown and not exists (select from ml.message_category as candidate "
                "where candidate.message_id = batch.message_id "
                "and candidate.model_version = batch.model_version)",
            ),
        ),
        allow_empty=True,
    )
