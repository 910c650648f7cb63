"""Checked rows of one file into a temporary table.

Belongs here: the way from a file to its load buffer: reading, checking, COPY, chunk by chunk, so
that memory depends on the chunk and not on the file. Merging into raw tables is
`writing/merging.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import psycopg
from psycopg import sql

from warehouse.loading.buffer.copying import FrameCopy, RejectSpool
from warehouse.loading.buffer.label_tree import TreeReader
from warehouse.loading.buffer.names import DIGEST_SUFFIX, buffer_table
from warehouse.loading.columns.casting import Reading, cast_to
from warehouse.loading.columns.mapping import KNOWN_AT, ColumnPlan, plan_for
from warehouse.loading.columns.validation import check_rows
from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers import SourceFile, open_reader
from warehouse.loading.readers.chunk import LINE
from warehouse.months import as_of_instant
from warehouse.packages import DataPackage
from warehouse.packages.load_target import DOCUMENT_KINDS, POSTGRES_TYPES, KnownAtPolicy, LoadTarget

IS_KNOWN_AT_STATED = "is_stated"


@dataclass(frozen=True)
class BufferedFile:
    """Result of buffering one file.

    Parameters
    ----------
    known_at
        `known_at` of rows that have no other: the package's constant, or the instant of loading.
    """

    batch_id: int
    plan: ColumnPlan
    rows_read: int
    known_at: datetime

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the file that are not used."""
        return self.plan.ignored


def create_buffer(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> None:
    """Create the load buffer of one batch: the target's columns, typed, and digests of documents."""
    columns: list[sql.Composable] = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(POSTGRES_TYPES[column.kind]))
        for column in target.columns
    ]
    columns += [
        sql.SQL("{} text").format(sql.Identifier(column.name + DIGEST_SUFFIX))
        for column in target.columns
        if column.kind in DOCUMENT_KINDS
    ]
    if target.has_attributes:
        columns.append(sql.SQL("attributes jsonb not null"))
    cursor.execute(
        sql.SQL(
            "create temp table {} (line_number bigint not null, known_at timestamptz not null, "
            "is_stated boolean not null, {})"
        ).format(sql.Identifier(f"buffer_{batch_id}"), sql.SQL(", ").join(columns))
    )


def create_rejects(cursor: psycopg.Cursor) -> None:
    """Create the session's table of rejects."""
    cursor.execute(
        "create temp table load_reject (batch_id bigint not null, line_number bigint not null, "
        "reason_code text not null, reason text not null, row_data jsonb not null)"
    )


def buffer_file(
    cursor: psycopg.Cursor,
    package: DataPackage,
    source: SourceFile,
    batch_id: int,
    loaded_at: datetime,
    on_rows: Callable[[int], None],
) -> BufferedFile:
    """Read one file, check its rows and copy them into a load buffer.

    Parameters
    ----------
    loaded_at
        Instant of this load: `known_at` of rows that have no other.
    on_rows
        Called with the rows read so far, after each chunk.

    Raises
    ------
    FileRefusedError
        The file cannot be read.
    """
    reader = open_reader(source)
    if source.entry.tree is not None:
        reader = TreeReader(reader, source, source.entry.tree)
    plan = plan_for(package, source, reader.columns, fixed=reader.has_fixed_columns)
    create_buffer(cursor, plan.target, batch_id)
    default = _constant_known_at(plan, source)
    rejected, rows_read = RejectSpool(batch_id), 0
    with FrameCopy(cursor, buffer_table(batch_id)) as copy:
        for chunk in reader.chunks():
            frame, rejects = check_rows(plan, chunk)
            copy.write(with_known_at(plan, frame, default or loaded_at, is_fixed=bool(default)))
            rejected.add(rejects)
            rows_read += chunk.frame.height + len(chunk.rejects)
            on_rows(rows_read)
    rejected.send(cursor)
    analyze_buffer(cursor, plan.target, batch_id)
    return BufferedFile(batch_id, plan, rows_read, default or loaded_at)


def analyze_buffer(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> None:
    """Update planner statistics of the load buffer, without its documents."""
    names = ["line_number", "known_at", *(c.name for c in target.columns if c.kind not in DOCUMENT_KINDS)]
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    cursor.execute(sql.SQL("analyze {} ({})").format(buffer_table(batch_id), columns))


_OWN_INSTANTS = {
    KnownAtPolicy.RECEIVED: "received_at",
    KnownAtPolicy.REVIEWED: "reviewed_at",
    KnownAtPolicy.LOGGED: "created_at",
    KnownAtPolicy.LABELLED: "label_timestamp",
}


def with_known_at(plan: ColumnPlan, frame: pl.DataFrame, default: datetime, *, is_fixed: bool) -> pl.DataFrame:
    """Fill `known_at`, and mark the rows that stated it: rows of the load buffer.

    Parameters
    ----------
    default
        The package's constant, or the instant of loading.
    is_fixed
        Whether `default` is the package's constant: it then precedes the target's own rule.
    """
    stated = pl.col(KNOWN_AT) if KNOWN_AT in frame.columns else pl.lit(None, dtype=pl.Datetime("us", "UTC"))
    fallback = pl.lit(default).cast(pl.Datetime("us", "UTC"))
    if not is_fixed and plan.target.known_by in _OWN_INSTANTS:
        fallback = pl.col(_OWN_INSTANTS[plan.target.known_by])
    if not is_fixed and plan.target.known_by is KnownAtPolicy.CUT_OFF:
        months = frame["snapshot_month"].unique().to_list()
        instants = [as_of_instant(month, plan.timezone) for month in months]
        fallback = pl.col("snapshot_month").replace_strict(
            pl.Series(months, dtype=pl.Date),
            pl.Series(instants, dtype=pl.Datetime("us", "UTC")),
        )
    return frame.rename({LINE: "line_number"}).with_columns(
        stated.is_not_null().alias(IS_KNOWN_AT_STATED), pl.coalesce(stated, fallback).alias(KNOWN_AT)
    )


def _constant_known_at(plan: ColumnPlan, source: SourceFile) -> datetime | None:
    if plan.known_at_default is None:
        return None
    text = pl.Series([plan.known_at_default])
    reading = Reading(pl.String(), plan.timezone)
    instant = text.to_frame("t").select(cast_to("timestamp", pl.col("t"), reading)).item()
    if not isinstance(instant, datetime):
        raise FileRefusedError(
            source.name, f"known_at {plan.known_at_default} is not an instant; write 2023-12-31T00:00:00Z"
        )
    return instant
