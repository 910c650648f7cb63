"""Results of checks of all tools, and the query for failed blocking checks.

Belongs here: recording results and bad rows, and which blocking checks fail now. Out of scope: running checks
(`expectations`, dbt), and stopping a step (`dagster_app`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

Tool = Literal["dbt", "great_expectations", "dagster", "dataframe"]

_INSERT = """
insert into monitoring.check_result (
  layer, relation, check_name, tool, partition_key, is_blocking, passed, severity, rows_checked, rows_failed,
  details, run_id
)
values (
  %(layer)s, %(relation)s, %(check_name)s, %(tool)s, %(partition_key)s, %(is_blocking)s, %(passed)s, %(severity)s,
  %(rows_checked)s, %(rows_failed)s, %(details)s, %(run_id)s
)
returning check_result_id
"""

_BLOCKING = """
with latest as (
  select distinct on (relation, tool, check_name, partition_key)
    relation, check_name, tool, partition_key, is_blocking, passed, rows_failed, details
  from monitoring.check_result
  where relation = any(%(relations)s)
    and (partition_key is null or %(partition_key)s::text is null or partition_key = %(partition_key)s)
  order by relation, tool, check_name, partition_key, check_result_id desc
)

select relation, check_name, tool, partition_key, rows_failed, details ->> 'summary'
from latest
where is_blocking and not passed
order by relation, check_name, partition_key
"""


@dataclass(frozen=True)
class CheckRecord:
    """One check's result on one relation.

    Parameters
    ----------
    layer
        Layer of the relation: raw, staging, features, predictions, marts, or its schema.
    relation
        `schema.name`.
    check_name
        Unique within tool and relation.
    tool
        Tool of the check.
    passed, is_blocking, severity
        Result; whether a failure stops downstream steps; `error` or `warn`.
    partition_key
        Snapshot month `YYYY-MM-01` where only that was checked.
    rows_checked, rows_failed
        Rows checked and failed, if the check counts rows.
    details
        Anything else; `summary` is shown if the check blocks a step.
    """

    layer: str
    relation: str
    check_name: str
    tool: Tool
    passed: bool
    is_blocking: bool
    severity: Literal["warn", "error"]
    partition_key: str | None = None
    rows_checked: int | None = None
    rows_failed: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BlockingFailure:
    """The latest result of a blocking check, which is a failure."""

    relation: str
    check_name: str
    tool: str
    partition_key: str | None
    rows_failed: int | None
    summary: str | None

    def __str__(self) -> str:
        month = f", month {self.partition_key}" if self.partition_key else ""
        rows = f", {self.rows_failed} bad rows" if self.rows_failed else ""
        summary = f": {self.summary}" if self.summary else ""
        return f"{self.relation}: {self.check_name} ({self.tool}{month}{rows}){summary}"


def record_checks(
    connection: psycopg.Connection[Any], records: Iterable[CheckRecord], *, run_id: str | None = None
) -> list[int]:
    """Append check results; the caller commits.

    Parameters
    ----------
    connection
        As transformer or model.
    records
        Results of one or several checks.
    run_id
        The run they belong to.

    Returns
    -------
    list of int
        `check_result_id` of each record, in order, for its bad rows.
    """
    ids = []
    for record in records:
        values = {**vars(record), "details": Jsonb(record.details), "run_id": run_id}
        row = connection.execute(_INSERT, values).fetchone()
        if row is None:
            raise RuntimeError("insert into monitoring.check_result returned no check_result_id")
        ids.append(int(row[0]))
    return ids


def blocking_failures(
    connection: psycopg.Connection[Any], relations: Sequence[str], partition_key: str | None
) -> list[BlockingFailure]:
    """Return the blocking checks of `relations` whose latest result is a failure.

    Parameters
    ----------
    connection
        As transformer or model.
    relations
        `schema.name` of what a step reads, directly or not.
    partition_key
        Snapshot month the step builds: its checks and those of complete tables apply; None: those of all months.

    Returns
    -------
    list of BlockingFailure
        Empty: the step may start.
    """
    values = {"relations": list(relations), "partition_key": partition_key}
    return [BlockingFailure(*row) for row in connection.execute(_BLOCKING, values)]
