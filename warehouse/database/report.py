"""What a database administrator asks of the warehouse: slow statements, table sizes, indexes that nothing uses.

Out of scope: how it is printed (`cli.db_report`); whether the pipeline runs (`warehouse.health`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, TypeVar

import psycopg
from psycopg.rows import class_row

from warehouse.connection import Warehouse
from warehouse.database.backup import maintenance_connection
from warehouse.errors import BellwetherError

EXTENSION: LiteralString = "pg_stat_statements"
_Row = TypeVar("_Row")

# `total_exec_time` since PostgreSQL 13. The texts of statements that set passwords are recorded too: they are left out.
SLOW_STATEMENTS = """
select
  calls,
  total_exec_time / 1000 as total_seconds,
  mean_exec_time as mean_milliseconds,
  rows,
  left(regexp_replace(query, '\\s+', ' ', 'g'), 300) as statement
from pg_stat_statements
where dbid = (select oid from pg_database where datname = %s)
  and query !~* 'password'
order by total_exec_time desc
limit %s
"""
# Partitions count as their table. Names are passed as oids: a name that needs quotes is one as well.
TABLE_SIZES = """
select
  coalesce(pg_partition_root(class.oid), class.oid)::regclass::text as relation,
  sum(pg_total_relation_size(class.oid))::bigint as total_bytes,
  sum(pg_table_size(class.oid))::bigint as table_bytes,
  sum(pg_indexes_size(class.oid))::bigint as index_bytes,
  sum(coalesce(activity.n_live_tup, 0))::bigint as estimated_rows,
  count(*)::integer as partitions
from pg_class as class
inner join pg_namespace as schema on class.relnamespace = schema.oid
left join pg_stat_user_tables as activity on class.oid = activity.relid
where class.relkind in ('r', 'm') and schema.nspname !~ '^(pg_|information_schema$)'
group by 1
order by total_bytes desc, relation
limit %s
"""
# An index that enforces something does so without being scanned. One on a partition belongs to its table's index, and
# can only be dropped with it.
UNUSED_INDEXES = """
with usage as (
  select
    coalesce(pg_partition_root(usage.indexrelid), usage.indexrelid) as index_id,
    sum(usage.idx_scan) as scans,
    sum(pg_relation_size(usage.indexrelid))::bigint as bytes
  from pg_stat_user_indexes as usage
  group by 1
)
select
  class.oid::regclass::text as index_name,
  index.indrelid::regclass::text as relation,
  usage.bytes,
  pg_get_indexdef(class.oid) as definition
from usage
inner join pg_class as class on usage.index_id = class.oid
inner join pg_index as index on class.oid = index.indexrelid
where usage.scans = 0
  and not index.indisunique
  and not index.indisprimary
  and not index.indisexclusion
  and not index.indisreplident
  and not exists (select from pg_constraint as constrained where constrained.conindid = class.oid)
order by usage.bytes desc, index_name
limit %s
"""
COUNTED_SINCE = "select stats_reset from pg_stat_database where datname = current_database()"


class SlowStatement(NamedTuple):
    """Statements of the same form, with constants replaced by placeholders, and the time they took together."""

    calls: int
    total_seconds: float
    mean_milliseconds: float
    rows: int
    statement: str


class TableSize(NamedTuple):
    """A table with its partitions; ``estimated_rows`` is the server's own estimate."""

    relation: str
    total_bytes: int
    table_bytes: int
    index_bytes: int
    estimated_rows: int
    partitions: int


class UnusedIndex(NamedTuple):
    """An index that no statement has scanned and that no constraint needs."""

    index_name: str
    relation: str
    bytes: int
    definition: str


def slow_statements(warehouse: Warehouse, limit: int) -> list[SlowStatement]:
    """List the statements of this database that took most time, slowest first.

    The extension is used where it exists: in the database, or else in the server's database `postgres`. If it is in
    neither, it is created in `postgres`, so that a backup of the warehouse does not need it.

    Raises
    ------
    BellwetherError
        The server does not record statements, or the login may not create the extension or read it.
    """
    try:
        with _recording(warehouse) as connection, connection.cursor(row_factory=class_row(SlowStatement)) as cursor:
            return cursor.execute(SLOW_STATEMENTS, [warehouse.database, limit]).fetchall()
    except (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.UndefinedFile) as error:
        raise _not_recorded(error, "add pg_stat_statements to shared_preload_libraries and restart") from error
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege) as error:
        raise _not_recorded(
            error, f"a superuser runs `create extension {EXTENSION}` in the database postgres"
        ) from error


def table_sizes(warehouse: Warehouse, limit: int) -> list[TableSize]:
    """List the largest tables and materialised views, indexes and out-of-line values included, largest first."""
    return _rows(warehouse, TableSize, TABLE_SIZES, limit)


def unused_indexes(warehouse: Warehouse, limit: int) -> list[UnusedIndex]:
    """List indexes that could be dropped: never scanned since `counted_since`, largest first."""
    return _rows(warehouse, UnusedIndex, UNUSED_INDEXES, limit)


def counted_since(warehouse: Warehouse) -> datetime | None:
    """Return since when the server counts the use of indexes; None: since the database was created."""
    with warehouse.connect() as connection:
        row = connection.execute(COUNTED_SINCE).fetchone()
    return row[0] if row else None


def _rows(warehouse: Warehouse, kind: type[_Row], query: LiteralString, limit: int) -> list[_Row]:
    with warehouse.connect() as connection, connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, [limit]).fetchall()


@contextmanager
def _recording(warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """Connect to a database that has the extension, created in `postgres` if none has it."""
    with warehouse.connect() as connection:
        if _has_extension(connection):
            yield connection
            return
    with maintenance_connection(warehouse) as connection:
        if not _has_extension(connection):
            connection.execute(f"create extension if not exists {EXTENSION}")
        yield connection


def _has_extension(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("select from pg_extension where extname = %s", [EXTENSION]).fetchone() is not None


def _not_recorded(error: psycopg.Error, remedy: str) -> BellwetherError:
    why = error.diag.message_primary or str(error)
    return BellwetherError(f"The server does not show slow statements: {why}", f"extension {EXTENSION}", remedy)
