"""source.user_monthly_features: the monthly snapshots as they came."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for snapshots: their month; documents are validated on load."""
    return TableSuite(
        layer="raw",
        relation="source.user_monthly_features",
        key=("ccod", "snapshot_month", "known_at"),
        rules=(
            RowRule(
                "all four documents are missing",
                "num_nonnulls(contract_info, user_information, purchase_logs, interaction_history) = 0",
            ),
            RowRule("known before its month began", "known_at < snapshot_month - interval '1 day'"),
            RowRule("customer code has spaces around it", "ccod <> btrim(ccod)", severity="warn"),
        ),
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        allow_empty=True,
    )
