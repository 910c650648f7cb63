"""ml.recommendation: three contracts and three products for each customer and prospect."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for recommendations: items not held yet, consistent counts, ranks without a gap."""
    return TableSuite(
        layer="predictions",
        relation="ml.recommendation",
        key=("subject_kind", "subject_key", "item_kind", "rank"),
        rules=(
            RowRule(
                "the customer holds it already",
                "subject_kind = 'customer' and exists (select from intermediate.int_recommendation__holding as held "
                "where held.snapshot_month = batch.snapshot_month and held.customer_code = batch.subject_key "
                "and held.item_kind = batch.item_kind and held.item_code = batch.item_code)",
            ),
            RowRule(
                "its reason counts more holders than customers, or none",
                "(evidence ->> 'hold')::integer not between 1 and (evidence ->> 'among')::integer",
            ),
            RowRule(
                "its reason does not state its count",
                "position(evidence ->> 'among' in reason) = 0 or position(evidence ->> 'hold' in reason) = 0",
            ),
            RowRule(
                "a rank without the one before it",
                "rank > 1 and not exists (select from ml.recommendation as above "
                "where above.snapshot_month = batch.snapshot_month and above.subject_kind = batch.subject_kind "
                "and above.subject_key = batch.subject_key and above.item_kind = batch.item_kind "
                "and above.rank = batch.rank - 1 and above.score >= batch.score)",
            ),
        ),
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        allow_empty=True,
    )
