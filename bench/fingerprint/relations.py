"""Rows and checksums of every relation of a database, the same whatever the order of rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, sql

from bench.fingerprint.left_out import LeftOut, reason_to_leave_out

KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view"}
#: Schemas that hold no contents of the company.
FOREIGN_SCHEMAS = ("information_schema", "public", "dagster")
#: Types whose text may hold a name that depends on the build: of a version, of a folder.
TEXT_TYPES = ("text", "character", "json")

# A partition is counted with the table that it is part of.
CATALOG: LiteralString = """
select
  n.nspname || '.' || c.relname, c.relkind::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
  (select count(*) from pg_inherits as i where i.inhparent = c.oid)
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'v', 'm')
  and not c.relispartition
  and n.nspname <> all (%s)
  and n.nspname not like 'pg\\_%%'
order by 1, a.attname
"""


@dataclass(frozen=True)
class Relation:
    """A relation as the catalogue has it: kind, types of its columns by name, number of partitions."""

    name: str
    kind: str
    types: Mapping[str, str]
    partitions: int


def list_relations(connection: Connection[Any]) -> list[Relation]:
    """Return the relations of a database, sorted by name."""
    found: dict[str, Relation] = {}
    for name, kind, column, data_type, partitions in connection.execute(CATALOG, [list(FOREIGN_SCHEMAS)]):
        types = {**(found[name].types if name in found else {}), column: data_type}
        found[name] = Relation(name, KINDS[kind], types, partitions)
    return list(found.values())


def prepare(connection: Connection[Any]) -> None:
    """Set what decides how values are written as text."""
    for setting in ("timezone = 'UTC'", "extra_float_digits = 1", "datestyle = 'ISO'", "intervalstyle = 'iso_8601'"):
        connection.execute(sql.SQL("set {}").format(sql.SQL(setting)))


def fingerprint(
    connection: Connection[Any],
    relation: Relation,
    *,
    replacements: Mapping[str, str],
    left_out: Sequence[LeftOut] = (),
) -> dict[str, Any]:
    """Return number of rows, checksum of the rows and of each column.

    Parameters
    ----------
    connection
        Connection on which `prepare` was called.
    relation
        The relation.
    replacements
        Texts that depend on the build, and what stands in for them.
    left_out
        Columns to leave out beside those of `bench.fingerprint.left_out`.
    """
    reasons = {name: reason_to_leave_out(relation.name, name, left_out) for name in relation.types}
    compared = [name for name, reason in reasons.items() if reason is None]
    cells = [_cell(name, relation.types[name], replacements) for name in compared]
    row = connection.execute(_query(relation.name, cells)).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has a row
    rows, whole, *columns = row
    return {
        "kind": relation.kind,
        "partitions": relation.partitions,
        "rows": rows,
        "checksum": str(whole),
        "columns": {
            name: {"type": relation.types[name], "checksum": str(checksum)}
            for name, checksum in zip(compared, columns, strict=True)
        },
        "left_out": {name: reason for name, reason in reasons.items() if reason is not None},
    }


def _query(relation: str, cells: Sequence[sql.Composable]) -> sql.Composed:
    """Write the query: sums of hashes depend on no order, neither of rows nor of the columns within a row.

    The offset keeps PostgreSQL from computing each hash twice, for its column and for its row.
    """
    hashes = [sql.Identifier(f"hash_{position}") for position in range(len(cells))]
    numbers: list[sql.Composable] = [sql.SQL("{}::numeric").format(name) for name in hashes]
    row = sql.SQL(" + ").join(numbers or [sql.SQL("0")])
    whole = sql.SQL("coalesce(sum(hashtextextended(({})::text, 0)::numeric), 0)").format(row)
    sums = [sql.SQL("coalesce(sum({}), 0)").format(number) for number in numbers]
    named: list[sql.Composable] = [
        sql.SQL("{} as {}").format(cell, name) for cell, name in zip(cells, hashes, strict=True)
    ]
    return sql.SQL("select {} from (select {} from {} offset 0) as hashed").format(
        sql.SQL(", ").join([sql.SQL("count(*)"), whole, *sums]),
        sql.SQL(", ").join(named or [sql.SQL("1")]),
        sql.Identifier(*relation.split(".", 1)),
    )


def _cell(column: str, data_type: str, replacements: Mapping[str, str]) -> sql.Composable:
    value: sql.Composable = sql.SQL("{}::text").format(sql.Identifier(column))
    if data_type.startswith(("double precision", "real")) and not data_type.endswith("]"):
        value = _rounded(column)
    elif data_type.startswith(TEXT_TYPES):
        for text, stand_in in replacements.items():
            value = sql.SQL("replace({}, {}, {})").format(value, sql.Literal(text), sql.Literal(stand_in))
    return sql.SQL("hashtextextended(coalesce({}, {}), 0)").format(value, sql.Literal("\x01null"))


def _rounded(column: str) -> sql.Composed:
    """Write a floating-point number with 12 significant digits; those that are no number by their name."""
    return sql.SQL(
        "case when {0} in ('NaN', 'Infinity', '-Infinity') then {0}::text else to_char({0}, '9.99999999999EEEE') end"
    ).format(sql.Identifier(column))
