"""crm.customer: who the customers are."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for customers: plausible values for persons and places of business."""
    return TableSuite(
        layer="raw",
        relation="crm.customer",
        key=("customer_code",),
        rules=(
            RowRule("age is not between 0 and 120 years", "age < 0 or age > 120"),
            RowRule("tenure is negative", "tenure < 0"),
            RowRule("number of products is negative", "products < 0"),
            RowRule("salary is negative", "salary < 0"),
            RowRule("a figure is not a number", "'NaN' in (age, balance, salary)"),
            RowRule("name is blank", "btrim(name) = ''", severity="warn"),
            RowRule("e-mail address has no @ inside", "position('@' in btrim(email)) <= 1", severity="warn"),
            RowRule("known in the future", "known_at > now() + interval '1 day'", severity="warn"),
        ),
    )
