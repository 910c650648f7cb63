"""analytics.user_recommendation: what to offer each customer, and why."""

from __future__ import annotations

from expectations.table_suite import Bound, RowRule, TableSuite

_OFFERS = [f"rec_{kind}_{rank}" for kind in ("contract", "product") for rank in (1, 2, 3)]


def build_suite() -> TableSuite:
    """Rules for offers: one reason each, no offer twice, and the most similar customer is another one."""
    return TableSuite(
        layer="marts",
        relation="analytics.user_recommendation",
        key=("snapshot_month", "ccod"),
        rules=(
            RowRule(
                "an offer without a reason, or a reason without an offer",
                " or ".join(f"({offer} is null) <> ({offer}_reason is null)" for offer in _OFFERS),
            ),
            RowRule("the most similar customer is the customer", "sim_ccod = ccod"),
            RowRule("nothing to offer", " and ".join(f"{offer} is null" for offer in _OFFERS), severity="warn"),
        ),
        is_blocking=False,
        month_bounds=(Bound("snapshot_month", "=", "{month}"),),
        allow_empty=True,
    )
