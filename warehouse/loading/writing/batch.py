"""One buffered batch into the raw tables, in one transaction.

Belongs here: the order of writes that must be complete or not happen: partitions, rows, the CRM's
present state, quarantine, load log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg
from psycopg import sql

from warehouse.loading.buffer.categories import refresh_categories
from warehouse.loading.buffer.names import REJECTS, buffer_table
from warehouse.loading.load_log import Counts, finish_batch, record_months
from warehouse.loading.writing.customers import refresh_customers
from warehouse.loading.writing.merging import MergeContext, merge
from warehouse.packages.load_target import LoadTarget
from warehouse.packages.load_targets import LOAD_TARGETS

_OWN_MONTHS = ("source.user_monthly_features", "source.outcome_label", "source.potential_user")


@dataclass(frozen=True)
class BufferedBatch:
    """A batch whose rows are in a load buffer."""

    batch_id: int
    target: LoadTarget
    file_name: str
    rows_read: int
    known_at: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadContext:
    """What all batches of one load share.

    Parameters
    ----------
    written_at
        Instant of the load.
    as_of_months
        Snapshot months the package requests by its as-of dates.
    """

    written_at: datetime
    timezone: str
    as_of_months: list[date]

    @classmethod
    def of(cls, written_at: datetime, timezone: str, as_of_dates: Iterable[date]) -> LoadContext:
        """LoadContext a load; the snapshot month of an as-of date is the month before it."""
        return cls(written_at, timezone, [(day - timedelta(days=1)).replace(day=1) for day in as_of_dates])


def write_batch(connection: psycopg.Connection, batch: BufferedBatch, stamp: LoadContext) -> tuple[Counts, list[date]]:
    """Write one buffered batch and commit.

    Returns
    -------
    Counts
        Rows by outcome.
    list of date
        Snapshot months made out of date.
    """
    with connection.transaction(), connection.cursor() as cursor:
        target = LOAD_TARGETS[batch.target.combined_into or batch.target.name]
        _ensure_partitions(cursor, target, batch.batch_id)
        plan = MergeContext(target, batch.batch_id, stamp.written_at, stamp.timezone)
        merged = merge(cursor, plan)
        if batch.target is LOAD_TARGETS["crm.customer"]:
            refresh_customers(cursor, batch.batch_id)
        if batch.target is LOAD_TARGETS["source.voc_category"]:
            refresh_categories(cursor, batch.batch_id)
        buffered = _count(cursor, buffer_table(batch.batch_id))
        quarantined = write_rejects(cursor, batch, "open")
        counts = Counts(batch.rows_read, merged.loaded, buffered - merged.loaded, quarantined)
        own = target.name in _OWN_MONTHS
        months = record_months(cursor, batch.batch_id, merged.months, own_months=own, as_of=stamp.as_of_months)
        finish_batch(cursor, batch.batch_id, counts, batch.known_at)
        cursor.execute(sql.SQL("drop table {}").format(buffer_table(batch.batch_id)))
    return counts, months


def write_rejects(cursor: psycopg.Cursor, batch: BufferedBatch, status: str) -> int:
    """Move a batch's rejects into quarantine; returns how many there were.

    A row that already waits there with the same fault (the file was read again) is not repeated.
    """
    cursor.execute(
        sql.SQL(
            """
            insert into quarantine.rejected_row (
                batch_id, file_name, line_number, target_table, reason_code, reason, row_data, status,
                resolved_at
            )
            select
                batch_id, %(file)s, line_number, %(target)s, reason_code, reason, row_data, %(status)s::text,
                case when %(status)s::text = 'discarded' then clock_timestamp() end
            from {rejects} as reject
            where batch_id = %(batch)s
                and not exists (
                    select from quarantine.rejected_row as waiting
                    where waiting.status = 'open'
                        and waiting.target_table = %(target)s
                        and waiting.file_name = %(file)s
                        and waiting.line_number = reject.line_number
                        and waiting.row_data = reject.row_data
                        and waiting.reason_code = reject.reason_code
                )
            order by line_number
            """
        ).format(rejects=REJECTS),
        {
            "file": batch.file_name,
            "target": batch.target.name,
            "status": status,
            "batch": batch.batch_id,
        },
    )
    cursor.execute(sql.SQL("select count(*) from {} where batch_id = %s").format(REJECTS), [batch.batch_id])
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _count(cursor: psycopg.Cursor, table: sql.Identifier) -> int:
    row = cursor.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
    return int(row[0]) if row else 0


def _ensure_partitions(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> None:
    if not target.is_monthly:
        return
    cursor.execute(
        sql.SQL(
            "select source.ensure_partitions({}::regclass, min(snapshot_month), max(snapshot_month)) "
            "from {} having count(*) > 0"
        ).format(sql.Literal(target.table), buffer_table(batch_id))
    )
