"""Planner statistics of newly written tables.

A table that was just filled has no statistics, and the parent of partitions never gets any by itself: a join of
thousands of rows is then planned as one of a single row and takes minutes. Tables that dbt builds do this themselves
(macro `gather_statistics`).
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from warehouse.connection import Role, Warehouse

# Documents are never joined on, and reading them is most of the work.
COLUMNS = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
  and atttypid not in ('json'::regtype, 'jsonb'::regtype)
order by attnum
"""


def gather_statistics(warehouse: Warehouse, tables: Iterable[str]) -> None:
    """Analyze tables with all their partitions; call it once, after the last row of a step.

    Parameters
    ----------
    warehouse : Warehouse
        Analyzed by the owner: before PostgreSQL 17 no other role may.
    tables : iterable of str
        Names with their schema.
    """
    with warehouse.connect(Role.OWNER, autocommit=True) as connection:
        for table in tables:
            names = [sql.Identifier(row[0]) for row in connection.execute(COLUMNS, [table])]
            statement = sql.SQL("analyze {} ({})").format(sql.Identifier(*table.split(".")), sql.SQL(", ").join(names))
            connection.execute(statement)
