"""Check results of every tool in one table, and the question the gate asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from warehouse.connection import Role, Warehouse

INSERT = """
insert into monitoring.check_result (
  layer, relation, check_name, tool, partition_key, is_blocking, passed, severity, rows_checked, rows_failed,
  details, run_id
)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
BLOCKING = """
with latest as (
  select distinct on (relation, check_name, partition_key)
    relation, check_name, tool, partition_key, is_blocking, passed, rows_failed, checked_at
  from monitoring.check_result
  where relation = any(%(relations)s)
    and (partition_key is null or %(partition_key)s::text is null or partition_key = %(partition_key)s)
  order by relation, check_name, partition_key, check_result_id desc
)

select relation, check_name, tool, partition_key, rows_failed
from latest
where is_blocking and not passed
order by relation, check_name, partition_key
"""


@dataclass(frozen=True)
class CheckRecord:
    """One check's result on one relation, whatever tool made it."""

    relation: str
    check_name: str
    tool: str
    passed: bool
    is_blocking: bool
    severity: str
    rows_checked: int | None = None
    rows_failed: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def record(
    warehouse: Warehouse, records: Iterable[CheckRecord], *, run_id: str, partition_key: str | None = None
) -> None:
    """Append check results, all or none."""
    rows = [
        (
            item.relation.split(".", maxsplit=1)[0],
            item.relation,
            item.check_name,
            item.tool,
            partition_key,
            item.is_blocking,
            item.passed,
            item.severity,
            item.rows_checked,
            item.rows_failed,
            Jsonb(item.details),
            run_id,
        )
        for item in records
    ]
    with warehouse.connect(Role.MODEL) as connection, connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


@dataclass(frozen=True)
class FailedCheck:
    """The latest result of a blocking check, which is a failure."""

    relation: str
    check_name: str
    tool: str
    partition_key: str | None
    rows_failed: int | None

    def __str__(self) -> str:
        month = f", {self.partition_key}" if self.partition_key else ""
        rows = f", {self.rows_failed} rows" if self.rows_failed else ""
        return f"{self.relation}: {self.check_name} ({self.tool}{month}{rows})"


def blocking_failures(
    connection: Connection[Any], relations: Sequence[str], partition_key: str | None
) -> list[FailedCheck]:
    """Return the failing blocking checks of relations; a month's build asks its own checks and the general ones."""
    values = {"relations": list(relations), "partition_key": partition_key}
    return [FailedCheck(*row) for row in connection.execute(BLOCKING, values)]
