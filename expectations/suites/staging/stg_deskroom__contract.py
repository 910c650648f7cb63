"""staging.stg_deskroom__contract: the contracts of each snapshot."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for contracts: a status that fits their dates; cohort and label depend on them."""
    return TableSuite(
        layer="staging",
        relation="staging.stg_deskroom__contract",
        key=("customer_code", "snapshot_month", "contract_id"),
        rules=(
            RowRule("ended before it started", "ended_on < started_on"),
            RowRule("ended without a date", "status = 'ended' and ended_on is null"),
            RowRule("active after its end", "status = 'active' and ended_on < as_of_date", severity="warn"),
            RowRule("monthly fee is negative", "monthly_fee < 0"),
            RowRule("monthly fee is zero", "monthly_fee = 0", severity="warn"),
        ),
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        monitored_columns=("monthly_fee",),
        allow_empty=True,
    )
