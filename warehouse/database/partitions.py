"""Monthly partitions of a relation, made ahead of a write.

Belongs here: calling the database's partition functions and reading their monitor. What does
not: how a partition is made (revision 0002), and which months a load or build touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from datetime import date

    import psycopg


def ensure_partitions(
    connection: psycopg.Connection[Any], parent: str, from_date: date, to_date: date, *, schema: str = "source"
) -> int:
    """Make the partitions of every month from `from_date` to `to_date`, both included.

    Parameters
    ----------
    connection : psycopg.Connection
        As loader or transformer; as model with `schema="ml"`.
    parent : str
        Partitioned relation with its schema, for example `source.user_monthly_features`.
    from_date, to_date : date
        Bounds are cut in UTC. For a timestamptz key of as-of instants, pass the snapshot month and its
        as-of date: midnight in the business time zone is in one of the two.
    schema : {"source", "ml"}
        Where the calling role may execute the function.

    Returns
    -------
    int
        How many partitions were made; 0 when all existed.
    """
    call = sql.SQL("select {}(%s::regclass, %s, %s)").format(sql.Identifier(schema, "ensure_partitions"))
    row = connection.execute(call, (parent, from_date, to_date)).fetchone()
    return int(row[0]) if row is not None else 0


def default_partition_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return rows in default partitions by parent relation; every value must be 0."""
    rows = connection.execute("select parent, row_count from monitoring.default_partition_rows").fetchall()
    return {str(parent): int(row_count) for parent, row_count in rows}


def heal_default_partition(connection: psycopg.Connection[Any], parent: str) -> int:
    """Make the month of every row in the default partition, and move it there.

    Returns
    -------
    int
        How many partitions were made.
    """
    row = connection.execute("select source.heal_default_partition(%s::regclass)", (parent,)).fetchone()
    return int(row[0]) if row is not None else 0
