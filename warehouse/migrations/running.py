"""How a revision talks to the server: plain SQL, as the owner of what it makes.

Belongs here: the two ways to execute a revision's SQL. Out of scope: any SQL of a revision.
"""

from __future__ import annotations

from typing import cast

import psycopg
from alembic import op


def _driver_connection() -> psycopg.Connection:
    """Return psycopg's connection: SQL reaches the server as written (several statements, no placeholders)."""
    return cast(psycopg.Connection, op.get_bind().connection.driver_connection)


def execute_as_login(sql: str) -> None:
    """Execute `sql` as the connecting user: for roles, schemas and extensions."""
    _driver_connection().execute(sql.encode())


def execute_as_owner(sql: str) -> None:
    """Execute `sql` as `bellwether_owner`, so that it owns what the revision creates."""
    connection = _driver_connection()
    connection.execute("set local role bellwether_owner")
    connection.execute(sql.encode())
    connection.execute("reset role")
