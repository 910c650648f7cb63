"""Bring a database to a revision of the schema, up or down, and show the present one.

Belongs here: when and on which connection revisions run. Out of scope: the revisions
(`warehouse.migrations`), and starting servers or creating databases (`warehouse.connection`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from warehouse.errors import BellwetherError

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config

    from warehouse.connection import Warehouse

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class MigrationError(BellwetherError):
    """The database cannot be brought to the requested revision; the message includes the remedy."""


@dataclass(frozen=True)
class Revision:
    """One step of the schema's history.

    Attributes
    ----------
    revision : str
        Four digits, in order.
    summary : str
        First line of the revision's docstring.
    is_applied : bool
        Whether the database has it.
    """

    revision: str
    summary: str
    is_applied: bool


@cache
def head() -> str:
    """Return the newest revision that this code knows, read from file names alone.

    Importing alembic takes longer than all other work of a start at head.
    """
    return max(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def current(warehouse: Warehouse) -> str | None:
    """Return the revision of the database, or None where nothing was migrated yet."""
    with warehouse.connect(autocommit=True) as connection:
        try:
            row = connection.execute("select max(version_num) from public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row is not None and row[0] is not None else None


def upgrade(warehouse: Warehouse, revision: str = "head") -> str | None:
    """Apply revisions up to `revision`; at head already, this costs one query.

    Parameters
    ----------
    warehouse : Warehouse
        Whose connecting user is a superuser, or owns the database and may create roles.
    revision : str
        `head`, or four digits.

    Returns
    -------
    str or None
        The revision the database is at afterwards.

    Raises
    ------
    MigrationError
        The database is newer than this code, or the revision does not exist.
    """
    present = current(warehouse)
    target = head() if revision == "head" else revision
    if present == target:
        return present
    if present is not None and present > head():
        raise MigrationError(
            f"The database is at revision {present}, this version of bellwether knows revisions up to {head()}.",
            _location(warehouse),
            "update bellwether, or point BELLWETHER_DATABASE_URL (or --company) at another database",
        )
    from alembic import command

    _run(warehouse, lambda config: command.upgrade(config, target))
    return target


def downgrade(warehouse: Warehouse, revision: str) -> str | None:
    """Downgrade to `revision` (four digits, `-1`, or `base` for an empty database).

    Returns
    -------
    str or None
        The revision the database is at afterwards.

    Raises
    ------
    MigrationError
        The revision does not exist or a revision has no downgrade.
    """
    from alembic import command

    _run(warehouse, lambda config: command.downgrade(config, revision))
    return current(warehouse)


def history(warehouse: Warehouse) -> list[Revision]:
    """Return every revision, oldest first, and whether the database has it."""
    from alembic.script import ScriptDirectory

    present = current(warehouse) or ""
    scripts = ScriptDirectory.from_config(_config())
    return [
        Revision(script.revision, (script.doc or "").splitlines()[0].rstrip("."), script.revision <= present)
        for script in sorted(scripts.walk_revisions(), key=lambda script: script.revision)
    ]


def _config() -> Config:
    """Return alembic's configuration: no ini file, so that an installed package needs none."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _run(warehouse: Warehouse, command: Callable[[Config], None]) -> None:
    """Run an alembic command on one connection of the connecting user."""
    from alembic.util.exc import CommandError
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine("postgresql+psycopg://", creator=warehouse.connect, poolclass=NullPool)
    config = _config()
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command(config)
            connection.commit()
    except CommandError as error:
        raise MigrationError(
            f"{error} (known revisions: up to {head()})", _location(warehouse), "see `bellwether db history`"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise _no_privilege(warehouse, error) from error
    finally:
        engine.dispose()


def _no_privilege(warehouse: Warehouse, error: psycopg.Error) -> MigrationError:
    hint = error.diag.message_hint or (
        "connect as a superuser, or as the owner of the database with the attribute CREATEROLE"
    )
    what = f"The connecting user may not migrate this database: {error.diag.message_primary}."
    return MigrationError(what, _location(warehouse), hint)


def _location(warehouse: Warehouse) -> str:
    return f"database {warehouse.database} ({warehouse.kind} server)"
