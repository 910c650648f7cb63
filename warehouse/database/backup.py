"""Backup of a warehouse to one file, and restore into a new database.

Out of scope: copies of model bundles and of generated files, which are in the home folder.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from warehouse.connection import Warehouse
from warehouse.database import migrate
from warehouse.database.access import access_role, open_to_members
from warehouse.database.companies import create_database
from warehouse.errors import BellwetherError
from warehouse.private_files import replaced_file
from warehouse.server import binaries

# A dump has no roles: the first revision creates them, and the dump replaces everything else of that revision.
_ROLES_REVISION = "0001"
# A line of a dump's table of contents: `number; oid oid KIND schema name owner`.
_ENTRY = re.compile(r"^\d+; \d+ \d+ (TABLE DATA|TABLE) (?!ATTACH)")


class Part(Enum):
    """What of a database a backup contains; the value is the option of pg_dump."""

    ALL = None
    SCHEMA = "--schema-only"
    DATA = "--data-only"


def backup(warehouse: Warehouse, target: Path, part: Part = Part.ALL) -> Path:
    """Write a database into one compressed file (pg_dump's custom format), complete or not at all.

    The file is readable by its user only.

    Parameters
    ----------
    target
        The file, replaced if it exists.
    part
        What of the database; only a file with everything can be restored by `restore`.

    Raises
    ------
    BellwetherError
        The programs are older than the server, or the file cannot be written.
    """
    target = target.absolute()
    try:
        with replaced_file(target, is_durable=True) as incoming:
            options = [part.value] if part.value else []
            _run(warehouse, "pg_dump", "--format=custom", f"--file={incoming}", *options)
    except OSError as error:
        raise BellwetherError("The backup cannot be written.", str(error), "choose another file") from error
    return target


def restore(warehouse: Warehouse, source: Path, *, force: bool = False) -> None:
    """Restore a backup into a database that does not exist yet.

    The copy is restored under another name and renamed when complete.

    Parameters
    ----------
    warehouse
        The database to make: not created, on a running server.
    source
        File that `backup` wrote.
    force
        Replace a database of that name; it stays as it is until the copy is complete.

    Raises
    ------
    BellwetherError
        The file is not a backup, the database exists and `force` was not given, or the server rejects it.
    """
    _check_is_backup(source)
    contents = _run(warehouse, "pg_restore", "--list", str(source.absolute())).splitlines()
    _check_is_complete(source, contents)
    if not force and _exists(warehouse):
        raise BellwetherError(
            f"The database {warehouse.database} exists: a backup is restored into a new one.",
            where=f"{warehouse.kind} server",
            remedy="name another company (embedded) or database (your own server), or replace it with --force",
        )
    incoming = with_database(warehouse, f"{warehouse.database}_incoming"[-63:])
    with maintenance_connection(warehouse) as connection:
        _drop(connection, incoming.database)
        create_database(_maintenance_conninfo(warehouse), incoming.database)
        migrate.upgrade(incoming, _ROLES_REVISION)
        arguments = ("--clean", "--if-exists", "--exit-on-error", "--jobs=2", f"--dbname={incoming.database}")
        with _placeholder_roles(incoming, _owners(contents)):
            _run(incoming, "pg_restore", *arguments, str(source.absolute()))
        _drop(connection, warehouse.database)
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(incoming.database), sql.Identifier(warehouse.database)
            )
        )
    with psycopg.connect(warehouse.conninfo, autocommit=True) as restored:
        open_to_members(restored)


def _owners(contents: list[str]) -> list[str]:
    """List who owned the objects in a backup: the last word of each line of its table of contents."""
    return sorted({line.rsplit(" ", 1)[-1] for line in contents if line and not line.startswith(";")} - {""})


@contextmanager
def _placeholder_roles(warehouse: Warehouse, owners: list[str]) -> Iterator[None]:
    """Create missing login users of another server during a restore; their objects are reassigned to the owner."""
    with psycopg.connect(warehouse.conninfo, autocommit=True) as connection:
        known = {str(name) for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
        missing = [sql.Identifier(owner) for owner in owners if owner not in known]
        for owner in missing:
            connection.execute(sql.SQL("create role {}").format(owner))
            connection.execute(sql.SQL("grant {} to current_user").format(owner))
        try:
            yield
        finally:
            for owner in missing:
                connection.execute(sql.SQL("reassign owned by {} to current_user").format(owner))
                connection.execute(sql.SQL("drop owned by {}").format(owner))
                connection.execute(sql.SQL("drop role {}").format(owner))


def _check_is_backup(source: Path) -> None:
    is_backup = False
    if source.is_file():
        with source.open("rb") as file:
            is_backup = file.read(5) == b"PGDMP"
    if not is_backup:
        raise BellwetherError(
            "This is not a backup.", str(source), "name a file that `bellwether db backup FILE` wrote"
        )


def _check_is_complete(source: Path, contents: list[str]) -> None:
    """Reject a file with the schema or the rows alone: without the other it is not a warehouse."""
    kinds = {kind for line in contents for kind in _ENTRY.findall(line)}
    missing = {"TABLE": "tables", "TABLE DATA": "rows"}.items()
    if lacking := [name for kind, name in missing if kind not in kinds]:
        raise BellwetherError(
            f"This backup has no {' and no '.join(lacking)}.",
            where=str(source),
            remedy="restore a full backup, or use pg_restore for the schema or the rows alone",
        )


def _exists(warehouse: Warehouse) -> bool:
    with maintenance_connection(warehouse) as connection:
        query = "select 1 from pg_database where datname = %s"
        return connection.execute(query, [warehouse.database]).fetchone() is not None


def _drop(connection: psycopg.Connection, database: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def drop_database(warehouse: Warehouse, database: str) -> None:
    """Drop another database of the same server, if it exists, and the role that could connect to it."""
    with maintenance_connection(warehouse) as connection:
        _drop(connection, database)
        connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(access_role(database))))


def _maintenance_conninfo(warehouse: Warehouse) -> str:
    return make_conninfo(warehouse.conninfo, dbname="postgres")


def maintenance_connection(warehouse: Warehouse) -> psycopg.Connection:
    """Connect to the database `postgres` of the same server; each statement commits by itself."""
    return psycopg.connect(_maintenance_conninfo(warehouse), autocommit=True)


def with_database(warehouse: Warehouse, database: str) -> Warehouse:
    """Name another database of the same server."""
    conninfo = make_conninfo(warehouse.conninfo, dbname=database)
    return Warehouse(warehouse.settings, warehouse.kind, warehouse.company, conninfo)


def client_environment(warehouse: Warehouse) -> dict[str, str]:
    """Environment in which PostgreSQL's programs reach the database; the password is not on a command line."""
    parts = warehouse.dbt_environment()
    names = ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")
    return binaries.clean_environment() | {f"PG{name}": parts[f"BELLWETHER_PG_{name}"] for name in names}


def matching_program(warehouse: Warehouse, name: str) -> Path:
    """Find the program of the server's own version, or of the next newer one.

    Raises
    ------
    BellwetherError
        Only older ones are available: they reject the server or write dumps it cannot read.
    """
    with maintenance_connection(warehouse) as connection:
        server = connection.info.server_version // 10000
    folders = [binaries.binaries(), *binaries.all_dirs()]
    usable = [(binaries.major_version(folder), folder) for folder in folders if (folder / name).exists()]
    newer = [(major, folder) for major, folder in usable if major >= server]
    if not newer:
        raise BellwetherError(
            f"{name} for PostgreSQL {server} is not on this machine.",
            where=f"found versions {sorted({major for major, _ in usable})}",
            remedy=f"install the client programs of PostgreSQL {server}, or name their folder in "
            f"{binaries.BIN_VARIABLE}",
        )
    return min(newer, key=lambda found: found[0])[1] / name


def _run(warehouse: Warehouse, name: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs and return what it printed."""
    program = matching_program(warehouse, name)
    done = subprocess.run(  # noqa: S603
        [str(program), "--no-password", *arguments],
        env=client_environment(warehouse),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        stderr = re.sub(r"\s+", " ", done.stderr.strip())[-1000:]
        raise BellwetherError(f"{name} failed: {stderr}", f"database {warehouse.database}", _remedy(stderr))
    return done.stdout


def _remedy(stderr: str) -> str:
    if "No space left" in stderr or "File too large" in stderr:
        return "free some space, or choose another place"
    if re.search("permission denied|must be owner|must be superuser", stderr, re.IGNORECASE):
        return "connect as the owner of the database"
    return "read the message of PostgreSQL above"
