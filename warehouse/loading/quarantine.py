"""Rejected rows for users: summaries, lists, and export for correction.

Belongs here: reading quarantine. Writing to it is `writing/batch.py`, loading from it `replay.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg import sql
from psycopg.rows import class_row

from warehouse.loading.errors import FileRefusedError
from warehouse.private_files import replaced_file


@dataclass(frozen=True)
class RejectedRow:
    """One row of `quarantine.rejected_row`."""

    rejected_id: int
    batch_id: int
    file_name: str
    line_number: int
    target_table: str
    reason_code: str
    reason: str
    row_data: dict[str, Any]
    status: str


@dataclass(frozen=True)
class RejectGroup:
    """Rejects of one file for one reason."""

    batch_id: int
    file_name: str
    target_table: str
    reason_code: str
    status: str
    row_count: int
    example: str


@dataclass(frozen=True)
class RejectFilter:
    """Selection of rejects; None: no restriction.

    Parameters
    ----------
    status
        open, replayed or discarded.
    """

    status: str | None = "open"
    batch_id: int | None = None
    reason_code: str | None = None
    target_table: str | None = None
    rejected_ids: tuple[int, ...] | None = None
    package_name: str | None = None

    def where(self) -> tuple[sql.Composable, dict[str, object]]:
        """Return the condition and its parameters."""
        tests: list[sql.Composable] = [sql.SQL("true")]
        values: dict[str, object] = {}
        for name in ("status", "batch_id", "reason_code", "target_table"):
            value = getattr(self, name)
            if value is not None:
                tests.append(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)))
                values[name] = value
        if self.rejected_ids is not None:
            tests.append(sql.SQL("rejected_id = any(%(rejected_ids)s)"))
            values["rejected_ids"] = list(self.rejected_ids)
        if self.package_name is not None:
            tests.append(
                sql.SQL("batch_id in (select batch_id from source.load_batch where package_name = %(package_name)s)")
            )
            values["package_name"] = self.package_name
        return sql.SQL(" and ").join(tests), values


def summarise(connection: psycopg.Connection, chosen: RejectFilter) -> list[RejectGroup]:
    """Count rejects by file and reason, newest batch first."""
    where, values = chosen.where()
    query = sql.SQL(
        "select batch_id, file_name, target_table, reason_code, status, count(*) as row_count, "
        "(array_agg(reason order by rejected_id))[1] as example "
        "from quarantine.rejected_row where {} "
        "group by batch_id, file_name, target_table, reason_code, status "
        "order by batch_id desc, row_count desc, reason_code, status"
    ).format(where)
    with connection.cursor(row_factory=class_row(RejectGroup)) as cursor:
        return cursor.execute(query, values).fetchall()


def rejected_rows(
    connection: psycopg.Connection, chosen: RejectFilter, *, limit: int | None = None
) -> Iterator[RejectedRow]:
    """Yield rejects in the order in which they were found, without holding them all."""
    where, values = chosen.where()
    query = sql.SQL(
        "select rejected_id, batch_id, file_name, line_number, target_table, reason_code, reason, row_data, "
        "status from quarantine.rejected_row where {} order by rejected_id limit {}"
    ).format(where, sql.Literal(limit))
    with connection.transaction(), connection.cursor("rejected_rows", row_factory=class_row(RejectedRow)) as cursor:
        cursor.execute(query, values)
        yield from cursor


def export_rows(connection: psycopg.Connection, chosen: RejectFilter, path: Path) -> int:
    """Export rejects as JSON lines for correction; returns how many.

    A user edits `row` (columns of the target table) and passes the file to `replay`.
    """
    count = 0
    with replaced_file(path) as incoming, incoming.open("wb") as file:
        for rejected in rejected_rows(connection, chosen):
            line = {
                "rejected_id": rejected.rejected_id,
                "target": rejected.target_table,
                "place": f"{rejected.file_name}:{rejected.line_number}",
                "reason": rejected.reason,
                "row": rejected.row_data,
            }
            file.write(orjson.dumps(line) + b"\n")
            count += 1
    return count


def read_corrected_rows(path: Path) -> dict[int, dict[str, Any]]:
    """Read a corrected export: row by its rejected_id.

    Raises
    ------
    FileRefusedError
        A line is not what `export_rows` wrote.
    """
    corrected: dict[int, dict[str, Any]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
            corrected[int(value["rejected_id"])] = dict(value["row"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise FileRefusedError(
                path.name,
                f"not a line of `quarantine export` ({error!r}); keep rejected_id and correct row only",
                line=number,
            ) from error
    return corrected
