"""ml.message_category: candidates of classifications, a row per level."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for candidates: valid paths, confidence that never rises with depth, each level below the last."""
    return TableSuite(
        layer="predictions",
        relation="ml.message_category",
        key=("message_id", "model_version", "rank", "level"),
        rules=(
            RowRule(
                "more confident than the level above it, or without one",
                "level > 1 and not exists (select from ml.message_category as above "
                "where above.message_id = batch.message_id "
                "and above.model_version = batch.model_version and above.rank = batch.rank "
                "and above.level = batch.level - 1 "
                "and above.confidence >= batch.confidence - 1e-9)",
            ),
        ),
        allow_empty=True,
    )
