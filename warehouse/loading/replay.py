"""Replay: validate rejected rows again, and load those that pass.

Belongs here: the way from quarantine into a load buffer. After that a replay is an ordinary load: same checks, same
merge, same load log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import psycopg
from psycopg import sql

from warehouse.loading import load_log
from warehouse.loading.buffer.copying import FrameCopy, RejectSpool
from warehouse.loading.buffer.names import REJECTS, buffer_table
from warehouse.loading.buffer.rows import create_buffer, create_rejects, with_known_at
from warehouse.loading.buffer.set_checks import check_buffered_rows
from warehouse.loading.columns.mapping import ATTRIBUTES, replay_plan
from warehouse.loading.columns.validation import check_rows
from warehouse.loading.errors import LoadError
from warehouse.loading.quarantine import RejectedRow, RejectFilter, rejected_rows
from warehouse.loading.readers.chunk import LINE, RAW_LINE, Chunk
from warehouse.loading.report import BatchResult, LoadReport
from warehouse.loading.session import prepare_session
from warehouse.loading.writing.batch import BufferedBatch, LoadContext, write_batch
from warehouse.packages.load_target import LoadTarget
from warehouse.packages.load_targets import LOAD_TARGETS

if TYPE_CHECKING:
    from warehouse.connection import Warehouse

_CHUNK_ROWS = 10_000
CorrectedRows = Mapping[int, dict[str, Any]]


@dataclass(frozen=True)
class _Group:
    """Open rejects of one package and target, and the facts of the package in the load log."""

    package_name: str
    company: str
    timezone: str
    as_of_dates: tuple[date, ...]
    target: LoadTarget


def replay(
    warehouse: Warehouse, chosen: RejectFilter | None = None, *, corrected: CorrectedRows | None = None
) -> LoadReport:
    """Validate open rejects again and load those that pass.

    Parameters
    ----------
    chosen
        Which rejects; None: all open ones (with `corrected`: the rows in it).
    corrected
        rejected_id to corrected row (columns of the target table). The original stays on record.

    Returns
    -------
    LoadReport
        One batch per package and target. Rows that fail again stay open, with the new reason;
        lines that are not rows stay as they are until they are corrected.
    """
    from warehouse.connection import Role

    if chosen is None:
        chosen = RejectFilter(rejected_ids=tuple(corrected) if corrected is not None else None)
    chosen = replace(chosen, status="open")
    results: list[BatchResult] = []
    months: set[date] = set()
    with warehouse.connect(Role.LOADER, autocommit=True) as connection:
        prepare_session(connection)
        load_log.acquire_load_lock(connection)
        with connection.transaction(), connection.cursor() as cursor:
            create_rejects(cursor)
        for group in _groups(connection, chosen):
            result, changed = _replay_group(connection, group, chosen, corrected or {})
            results.append(result)
            months |= set(changed)
    return LoadReport(tuple(results), tuple(sorted(months)))


def _replay_group(
    connection: psycopg.Connection, group: _Group, chosen: RejectFilter, corrected: CorrectedRows
) -> tuple[BatchResult, list[date]]:
    chosen = replace(chosen, package_name=group.package_name, target_table=group.target.name)
    written_at = load_log.database_clock(connection)
    stamp = LoadContext.of(written_at, group.timezone, group.as_of_dates)
    name = f"quarantine replay of {group.package_name}"
    digest = hashlib.sha256(f"{name} {group.target.name} {written_at.isoformat()}".encode()).hexdigest()
    batch_id = load_log.start_batch(
        connection, group.package_name, group.company, name, digest, group.target.name, written_at
    )
    try:
        with connection.transaction(), connection.cursor() as cursor:
            tried = _buffer(connection, cursor, group, batch_id, stamp, chosen, corrected)
            failed = _update_reasons(cursor, batch_id)
            batch = BufferedBatch(batch_id, group.target, name, len(tried), written_at)
            counts, months = write_batch(connection, batch, stamp)
            _close(cursor, batch_id, sorted(tried - failed), len(failed))
    except psycopg.Error as error:
        load_log.close_open_batches(connection, [batch_id], "failed", str(error))
        raise
    result = BatchResult(
        batch_id,
        name,
        group.target.name,
        "loaded",
        rows_read=len(tried),
        rows_loaded=counts.loaded,
        rows_unchanged=counts.unchanged,
        rows_quarantined=len(failed),
    )
    return result, months


def _buffer(
    connection: psycopg.Connection,
    cursor: psycopg.Cursor,
    group: _Group,
    batch_id: int,
    stamp: LoadContext,
    chosen: RejectFilter,
    corrected: CorrectedRows,
) -> set[int]:
    """Buffer the chosen rejects; their line number is their rejected_id. Returns those ids."""
    plan = replay_plan(group.target, group.timezone, _attribute_types(cursor))
    create_buffer(cursor, group.target, batch_id)
    tried: set[int] = set()
    rejected = RejectSpool(batch_id)
    found = rejected_rows(connection, chosen)
    while rows := list(islice(found, _CHUNK_ROWS)):
        rows = [row for row in rows if RAW_LINE not in corrected.get(row.rejected_id, row.row_data)]
        frame, rejects = check_rows(plan, _chunk(rows, corrected))
        # a COPY per part: the cursor that reads the rejects needs the connection in between
        with FrameCopy(cursor, buffer_table(batch_id)) as copy:
            copy.write(with_known_at(plan, frame, stamp.written_at, is_fixed=False))
        rejected.add(rejects)
        tried.update(row.rejected_id for row in rows)
    rejected.send(cursor)
    check_buffered_rows(cursor, group.target, batch_id, {})
    return tried


def _chunk(rows: Iterable[RejectedRow], corrected: CorrectedRows) -> Chunk:
    flat = {row.rejected_id: _as_text_row(corrected.get(row.rejected_id, row.row_data)) for row in rows}
    names = list(dict.fromkeys(name for row in flat.values() for name in row))
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in flat.values()] for name in names}
    schema = {**dict.fromkeys(names, pl.String), LINE: pl.Int64}
    return Chunk(pl.DataFrame({**columns, LINE: list(flat)}, schema=schema))


def _as_text_row(row: dict[str, Any]) -> dict[str, str | None]:
    values = {name: value for name, value in row.items() if name != ATTRIBUTES}
    values |= {f"{ATTRIBUTES}.{name}": value for name, value in (row.get(ATTRIBUTES) or {}).items()}
    return {
        name: value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in values.items()
    }


def _update_reasons(cursor: psycopg.Cursor, batch_id: int) -> set[int]:
    """Give rows that failed again their new reason, where they wait; returns their ids."""
    cursor.execute(
        sql.SQL(
            "update quarantine.rejected_row as kept set reason_code = again.reason_code, "
            "reason = again.reason from {} as again "
            "where again.batch_id = %s and kept.rejected_id = again.line_number returning kept.rejected_id"
        ).format(REJECTS),
        [batch_id],
    )
    failed = {int(row[0]) for row in cursor.fetchall()}
    # they are in quarantine already: the write must not put them there again
    cursor.execute(sql.SQL("delete from {} where batch_id = %s").format(REJECTS), [batch_id])
    return failed


def _close(cursor: psycopg.Cursor, batch_id: int, replayed: list[int], failed: int) -> None:
    cursor.execute(
        "update quarantine.rejected_row set status = 'replayed', resolved_at = clock_timestamp(), "
        "resolved_batch_id = %s where rejected_id = any(%s)",
        [batch_id, replayed],
    )
    cursor.execute("update source.load_batch set rows_quarantined = %s where batch_id = %s", [failed, batch_id])


def _groups(connection: psycopg.Connection, chosen: RejectFilter) -> list[_Group]:
    """Find the packages and targets that have open rejects, what others refer to first."""
    where, values = chosen.where()
    query = sql.SQL(
        "select distinct package.package_name, package.company, package.business_timezone, "
        "package.definition -> 'as_of_dates' as as_of_dates, chosen.target_table "
        "from (select batch_id, target_table from quarantine.rejected_row where {}) as chosen "
        "join source.load_batch as batch using (batch_id) "
        "join source.data_package as package using (package_name)"
    ).format(where)
    groups = [
        _Group(name, company, zone, tuple(date.fromisoformat(day) for day in days or ()), LOAD_TARGETS[target])
        for name, company, zone, days, target in connection.execute(query, values).fetchall()
    ]
    alone = [group for group in groups if group.target.combined_into is None]
    if groups and not alone:
        raise LoadError(
            f"rows of {groups[0].target.name} are combined per customer and cannot be replayed one by one; "
            "correct the file and load it again"
        )
    return sorted(alone, key=lambda group: (group.target.rank, group.package_name))


def _attribute_types(cursor: psycopg.Cursor) -> dict[str, str]:
    cursor.execute("select attribute_name, data_type from source.attribute order by attribute_name")
    return dict(cursor.fetchall())
