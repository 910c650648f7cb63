"""BufferedFile rows into their raw table, in one statement per table.

Belongs here: the rules of known_at: what is new, what is unchanged, what is a correction and when
it became known. Customers have more to do: `customers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg
from psycopg import sql

from warehouse.loading.buffer.names import DIGEST_SUFFIX, buffer_table
from warehouse.packages.load_target import DOCUMENT_KINDS, LoadTarget, VersionPolicy


@dataclass(frozen=True)
class MergeContext:
    """Target of buffered rows, and the values added to them.

    Parameters
    ----------
    written_at
        Instant of this load: `known_at` of corrections that state none.
    timezone
        Business time zone, in which months are cut.
    """

    target: LoadTarget
    batch_id: int
    written_at: datetime
    timezone: str


@dataclass(frozen=True)
class MergeResult:
    """What a merge wrote.

    Parameters
    ----------
    loaded
        Rows added or corrected.
    months
        Month to rows changed: the snapshot's own month, or the month in which the change became
        known.
    """

    loaded: int
    months: dict[date, int] = field(default_factory=dict)


def merge(cursor: psycopg.Cursor, plan: MergeContext) -> MergeResult:
    """Merge a load buffer into its raw table.

    Rows on record already are left out: the same content at the same stated instant, or, where the row
    states none, the content of the latest version. For targets that keep versions, other content
    under a known key is a new row: with the `known_at` it states, or, where it states none (or one
    at which other content is on record), as of this load. For the others the row is updated and its
    `known_at` stays the first.
    """
    if plan.target.keeping is VersionPolicy.CURRENT:
        query = _update_query(plan)
    elif _has_rows(cursor, plan):
        query = _version_query(plan)
    else:
        query = _first_query(plan)
    cursor.execute(
        query,
        {"batch_id": plan.batch_id, "written_at": plan.written_at, "timezone": plan.timezone},
    )
    months: dict[date, int] = dict(cursor.fetchall())
    return MergeResult(sum(months.values()), months)


def content_columns(target: LoadTarget) -> list[str]:
    """Columns that make up the content of a row: all but its key."""
    names = [name for name in target.column_names if name not in target.key]
    return [*names, "attributes"] if target.has_attributes else names


def content_hash(target: LoadTarget, alias: str = "buffered") -> sql.Composable:
    """Hash a row's content: the same for documents that differ only in spaces or the order of keys."""
    documents = {column.name for column in target.columns if column.kind in DOCUMENT_KINDS}
    columns = [
        sql.Identifier(alias, name + DIGEST_SUFFIX) if name in documents else _value(target, name, alias)
        for name in content_columns(target)
    ]
    return sql.SQL("md5(row({})::text)").format(sql.SQL(", ").join(columns))


def _value(target: LoadTarget, name: str, alias: str) -> sql.Composable:
    column = sql.Identifier(alias, name)
    if name == "attributes":
        return sql.SQL("jsonb_strip_nulls({})").format(column)
    if name == "metadata":
        return sql.SQL("coalesce({}, '{{}}')").format(column)
    return column


def _columns(target: LoadTarget) -> list[str]:
    return [*target.column_names, *(["attributes"] if target.has_attributes else [])]


def _month_expression(target: LoadTarget, known_at: str) -> sql.Composable:
    if target.is_monthly:
        return sql.SQL("snapshot_month")
    if target.name == "source.outcome_label":
        return sql.SQL("(as_of_date - interval '1 month')::date")
    # known exactly at a month's cut-off still counts for that month
    return sql.SQL("date_trunc('month', ({} - interval '1 microsecond') at time zone %(timezone)s)::date").format(
        sql.Identifier(known_at)
    )


def _parts(plan: MergeContext) -> dict[str, sql.Composable]:
    target = plan.target
    schema, table = target.table.split(".")
    return {
        "buffer": buffer_table(plan.batch_id),
        "table": sql.Identifier(schema, table),
        "columns": _joined(_columns(target)),
        "values": sql.SQL(", ").join(_value(target, name, "buffered") for name in _columns(target)),
        "keys": _joined(target.key),
        "hash": content_hash(target),
        "month": _month_expression(target, "known_at"),
        "same_key": sql.SQL(" and ").join(
            sql.SQL("version.{0} = buffered.{0}").format(sql.Identifier(name)) for name in target.key
        ),
        "pruning": _pruning(plan),
    }


def _joined(names: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _pruning(plan: MergeContext) -> sql.Composable:
    """Limit the partitions looked at to the months of this file."""
    if "snapshot_month" not in plan.target.key:
        return sql.SQL("true")
    return sql.SQL(
        "version.snapshot_month between (select min(snapshot_month) from {buffer}) "
        "and (select max(snapshot_month) from {buffer})"
    ).format(buffer=buffer_table(plan.batch_id))


def _has_rows(cursor: psycopg.Cursor, plan: MergeContext) -> bool:
    query = sql.SQL("select exists (select from {table} as version where {pruning})")
    row = cursor.execute(query.format(**_parts(plan))).fetchone()
    return bool(row and row[0])


def _first_query(plan: MergeContext) -> sql.Composed:
    """Insert every buffered row: the raw table is empty."""
    return sql.SQL(
        """
        with written as (
            insert into {table} ({columns}, known_at, content_hash, batch_id)
            select {values}, buffered.known_at, {hash}, %(batch_id)s
            from {buffer} as buffered
            returning {month} as changed_month
        )
        select changed_month, count(*) from written group by changed_month
        """
    ).format(**_parts(plan))


def _version_query(plan: MergeContext) -> sql.Composed:
    return sql.SQL(
        """
        with fresh as materialized (
            select {keys}, line_number, known_at, is_stated, {hash} as content_hash from {buffer} as buffered
        ),
        met as (
            select
                buffered.line_number,
                bool_or(version.content_hash = buffered.content_hash) as is_known_content,
                bool_or(version.known_at = buffered.known_at) as is_known_instant,
                (array_agg(version.content_hash order by version.known_at desc))[1] as hash_latest,
                max(version.known_at) as latest_known_at
            from fresh as buffered
            join {table} as version on {same_key} and {pruning}
            group by buffered.line_number
        ),
        compared as (
            select
                fresh.line_number,
                fresh.content_hash,
                case
                    when met.line_number is null then true
                    when not is_stated then hash_latest <> content_hash
                    -- not "same as what is in force then": an earlier version may still arrive in between
                    else not (is_known_instant and is_known_content)
                end as is_new,
                case
                    when met.line_number is null or (is_stated and not is_known_instant) then known_at
                    when not is_stated and known_at > latest_known_at then known_at
                    else greatest(%(written_at)s, latest_known_at + interval '1 microsecond')
                        + (row_number() over (partition by {keys} order by line_number) - 1)
                        * interval '1 microsecond'
                end as known_from
            from fresh left join met using (line_number)
        ),
        written as (
            insert into {table} ({columns}, known_at, content_hash, batch_id)
            select {values}, compared.known_from, compared.content_hash, %(batch_id)s
            from {buffer} as buffered
            join compared using (line_number)
            where compared.is_new
            returning {month} as changed_month
        )
        select changed_month, count(*) from written group by changed_month
        """
    ).format(**_parts(plan))


def _update_query(plan: MergeContext) -> sql.Composed:
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in content_columns(plan.target)
    )
    return sql.SQL(
        """
        with written as (
            insert into {table} as kept ({columns}, known_at, content_hash, batch_id)
            select distinct on ({keys}) {values}, buffered.known_at, {hash}, %(batch_id)s
            from {buffer} as buffered
            order by {keys}, buffered.known_at desc, buffered.line_number desc
            on conflict ({keys}) do update
            set {updates},
                content_hash = excluded.content_hash,
                batch_id = excluded.batch_id,
                updated_at = clock_timestamp()
            where kept.content_hash <> excluded.content_hash
            returning {month} as changed_month
        )
        select changed_month, count(*) from written group by changed_month
        """
    ).format(**_parts(plan), updates=updates)
