"""Restore test: restore a backup into a second database and compare all tables by row counts and checksums.

Copying itself belongs to `warehouse.database.backup`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from warehouse.connection import Warehouse
from warehouse.database.backup import backup, drop_database, restore, with_database

# Partitions are tables of their own; their parents would count them twice.
TABLES = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
order by 1, 2
"""
# A sum over rows does not depend on their order; every column counts, as text.
CHECKSUM = "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {} as t"


@dataclass(frozen=True)
class TableDifference:
    """A table that differs between a database and its copy; None where it does not exist."""

    table: str
    original: tuple[int, str] | None
    copy: tuple[int, str] | None


@dataclass(frozen=True)
class RestoreTest:
    """Tables that were compared, and those that differ."""

    tables: int
    rows: int
    differences: list[TableDifference]


def run_restore_test(warehouse: Warehouse, folder: Path) -> RestoreTest:
    """Back the warehouse up, restore it into a second database, compare both and drop the copy.

    Rows written between the backup and the comparison differ: run the test while nothing writes.

    Raises
    ------
    BellwetherError
        The backup or the restore failed.
    """
    file = backup(warehouse, folder / f".{warehouse.database}.restore_test.dump")
    copy = with_database(warehouse, f"{warehouse.database}_restore_test"[-63:])
    try:
        restore(copy, file, force=True)
        with warehouse.connect() as first, copy.connect() as second:
            return compare_databases(first, second)
    finally:
        file.unlink(missing_ok=True)
        drop_database(warehouse, copy.database)


def compare_databases(original: psycopg.Connection[Any], copy: psycopg.Connection[Any]) -> RestoreTest:
    """Compare every table of two databases by its number of rows and the sum of its rows' hashes."""
    ours, theirs = _checksums(original), _checksums(copy)
    different = [
        TableDifference(name, ours.get(name), theirs.get(name))
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]
    return RestoreTest(len(ours), sum(count for count, _ in ours.values()), different)


def _checksums(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    connection.execute("set timezone = 'UTC'")
    connection.execute("set extra_float_digits = 1")
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        query = sql.SQL(CHECKSUM).format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        assert row is not None  # noqa: S101 - an aggregate has a row
        found[f"{schema}.{table}"] = (int(row[0]), str(row[1]))
    return found
