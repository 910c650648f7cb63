"""Statements of a suite: all row rules in one query, bad rows with reasons, comparison figures of the month before.

Belongs here: SQL text made from a `TableSuite`. Out of scope: executing it. Identifiers and conditions come from
the suites in this repository, never from data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.months import add_months

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from expectations.table_suite import Bound, RowRule, TableSuite

REASON_SEPARATOR = "; "

REASONS = f"""
select one.reason, count(*)
from bad_row, string_to_table(bad_row.reason, '{REASON_SEPARATOR}') as one (reason)
group by one.reason
order by count(*) desc, one.reason
"""

INSERT_BAD_ROWS = """
insert into monitoring.check_failure (check_result_id, row_key, reason)
select %(check_result_id)s, row_key, reason from bad_row
"""


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def condition(bounds: Sequence[Bound]) -> str:
    """Return bounds as one SQL condition."""
    return " and ".join(f'"{one.column}" {one.operator} {quoted(one.value)}' for one in bounds) or "true"


def batch_query(suite: TableSuite, month: date | None) -> str:
    """Return the query of the rows to check."""
    return f"select * from {suite.relation} where {condition(suite.bounds_of(month))}"


def bad_rows_query(suite: TableSuite, rules: Sequence[RowRule], relation: str, bounds: Sequence[Bound]) -> str:
    """Return one query for all bad rows of all `rules`: key columns, then `reason` with every reason of the row.

    Parameters
    ----------
    suite : TableSuite
        Defines the key columns.
    rules : sequence of RowRule
        At least one.
    relation : str
        Text after `from`: a relation, or its placeholder.
    bounds : sequence of Bound
        What the rows to check meet.
    """
    keys = ", ".join(f'batch."{column}"' for column in suite.key)
    cases = ",\n    ".join(f"case when {rule.bad_when} then {quoted(rule.reason)} end" for rule in rules)
    return (
        f"select * from (\n  select {keys},\n    concat_ws({quoted(REASON_SEPARATOR)},\n    {cases}) as reason\n"
        f"  from (select * from {relation} where {condition(bounds)}) as batch\n) as checked\nwhere reason <> ''"
    )


def insert_bad_rows_statement(suite: TableSuite, month: date | None) -> str:
    """Return the statement that inserts all bad rows of all rules into a session table."""
    keys = ", ".join(f'{quoted(column)}, found."{column}"' for column in suite.key)
    query = bad_rows_query(suite, suite.rules, suite.relation, suite.bounds_of(month))
    return (
        "create temporary table bad_row on commit drop as\n"
        f"select jsonb_build_object({keys}) as row_key, found.reason from (\n{query}\n) as found"
    )


def comparison_figures_query(suite: TableSuite, month: date | None) -> str:
    """Return the query of the comparison figures.

    Its columns: rows of the batch; whether there must be any; what freshness must reach, or NULL; of monthly suites,
    rows of the month before and mean and deviation of each monitored column then.
    """
    reached = f"({suite.freshness.reference})" if suite.freshness else "null"
    parts = [f"(select count(*) from ({batch_query(suite, month)}) as batch)", suite.required_when or "true", reached]
    if month is None:
        return f"select {', '.join(parts)}"
    figures = [f'avg("{column}")::float8, stddev_samp("{column}")::float8' for column in suite.monitored_columns]
    before = condition(suite.bounds_of(add_months(month, -1)))
    return f"select {', '.join([*parts, 'count(*)', *figures])} from {suite.relation} where {before}"
