"""Access to a company's database: only its owner and the members of its own role may connect.

The roles of the warehouse belong to the whole server: they define what a login may do. This role defines in which
database. PostgreSQL copies such rights neither from a template nor into a dump: they are set each time a database is
created or opened, not by a revision. Out of scope: rights on the tables (`warehouse.migrations`).
"""

from __future__ import annotations

from hashlib import md5

import psycopg
from psycopg import sql

PREFIX = "bellwether_access_"
_LONGEST_NAME = 63
# These roles use temporary tables; read-only roles do not.
_TEMPORARY_TABLES = ("bellwether_owner", "bellwether_loader", "bellwether_transformer", "bellwether_model")

_PUBLIC_RIGHTS = """
select 1 from pg_database as d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as granted
where d.datname = current_database() and granted.grantee = 0
"""
_LACKS_TEMPORARY = """
select 1 from pg_roles where rolname = %s and not has_database_privilege(oid, current_database(), 'temporary')
"""


def access_role(database: str) -> str:
    """Name of the role whose members may connect to a database.

    Parameters
    ----------
    database
        Its name; shortened where the role's would be too long for PostgreSQL.
    """
    name = PREFIX + database
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    digest = md5(database.encode(), usedforsecurity=False).hexdigest()[:8]
    kept = name.encode()[: _LONGEST_NAME - len(digest) - 1].decode(errors="ignore")
    return f"{kept}_{digest}"


def close_to_public(connection: psycopg.Connection) -> None:
    """Revoke from PUBLIC the right to connect to this database and to make temporary tables in it."""
    if connection.execute(_PUBLIC_RIGHTS).fetchone() is not None:
        _execute(connection, "revoke all on database {} from public", connection.info.dbname)


def open_to_members(connection: psycopg.Connection) -> None:
    """Let the members of the database's own role connect, and the roles that write make temporary tables."""
    database = connection.info.dbname
    role = access_role(database)
    if not _holds(connection, "select 1 from pg_roles where rolname = %s", role):
        _execute(connection, "create role {}", role)
    if not _holds(connection, "select 1 where has_database_privilege(%s, current_database(), 'connect')", role):
        _execute(connection, "grant connect on database {} to {}", database, role)
    for writer in _TEMPORARY_TABLES:
        if _holds(connection, _LACKS_TEMPORARY, writer):
            _execute(connection, "grant temporary on database {} to {}", database, writer)


def _holds(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
