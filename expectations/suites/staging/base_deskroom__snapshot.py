"""staging.base_deskroom__snapshot: the version of each snapshot that counts."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for a month of snapshots: volume, and contracts present."""
    return TableSuite(
        layer="staging",
        relation="staging.base_deskroom__snapshot",
        key=("customer_code", "snapshot_month"),
        rules=(
            RowRule(
                "customer joined after the cut-off",
                "(user_information ->> 'joined_on')::date >= as_of_date",
                severity="warn",
            ),
        ),
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        allow_empty=True,
        required_when="exists (select from source.user_monthly_features where contract_info is not null)",
    )
