"""Preparing a warehouse for use: schema up to date, roles granted, company checked.

Out of scope: the content of the schema (`warehouse.migrations`).
"""

from __future__ import annotations

import psycopg
from psycopg import errors, sql

from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.database.access import close_to_public, open_to_members
from warehouse.database.companies import company_slug
from warehouse.errors import BellwetherError

# Key of the advisory lock under which one process at a time migrates a database.
_LOCK_KEY = 0x42454C4C57455448
_ready: set[str] = set()


def prepare_database(warehouse: Warehouse, *, asked_for: str | None) -> None:
    """Bring the schema up to date, once per process and database, and reject the database of another company.

    Parameters
    ----------
    warehouse
        The opened warehouse.
    asked_for
        The requested company; None: the one in the database.
    """
    if warehouse.conninfo not in _ready:
        _upgrade(warehouse)
        _ready.add(warehouse.conninfo)
    # The embedded server keeps companies apart by database; a backup may be restored under another name.
    if asked_for is not None and warehouse.kind == "external":
        require_same_company(warehouse, company_slug(asked_for))


def _upgrade(warehouse: Warehouse) -> None:
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK_KEY])
        migrate.upgrade(warehouse)
        grant_roles(connection)
        close_to_others(warehouse, connection)


def grant_roles(connection: psycopg.Connection) -> None:
    """Make the login user a member of every role there is, so that it may begin sessions in them."""
    for role in Role:
        found = connection.execute(
            "select pg_has_role(current_user, oid, 'MEMBER') from pg_roles where rolname = %s", [role.value]
        ).fetchone()
        if found is not None and not found[0]:
            connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role.value)))


def close_to_others(warehouse: Warehouse, connection: psycopg.Connection) -> None:
    """Let only members of the database's own role reach it.

    Raises
    ------
    BellwetherError
        The login does not own the database, or may not create the role.
    """
    try:
        close_to_public(connection)
        open_to_members(connection)
    except errors.InsufficientPrivilege as error:
        raise BellwetherError(
            f"The connecting user may not grant access to this database: {error.diag.message_primary}.",
            where=f"database {warehouse.database} ({warehouse.kind} server)",
            remedy="connect as its owner with the attribute CREATEROLE, or as a superuser",
        ) from error


def database_company(warehouse: Warehouse) -> str | None:
    """Name the company whose package was loaded into this database; None before the first."""
    with warehouse.connect() as connection:
        try:
            found = connection.execute(
                "select company from source.data_package order by loaded_at, package_name limit 1"
            ).fetchone()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return None
    return str(found[0]) if found else None


def require_same_company(warehouse: Warehouse, slug: str) -> None:
    """Require that a database has the records of one company.

    Raises
    ------
    BellwetherError
        The database has the records of another company.
    """
    held = database_company(warehouse)
    if held is not None and company_slug(held) != slug:
        raise BellwetherError(
            f"This database belongs to company {held!r}; {slug!r} was requested.",
            where=f"database {warehouse.database} ({warehouse.kind} server)",
            remedy="create another database and point BELLWETHER_DATABASE_URL at it, "
            "or unset the variable: the embedded server keeps one database per company",
        )
