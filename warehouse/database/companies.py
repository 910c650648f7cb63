"""Database of a company: by name on the embedded server, by address on your own server.

Out of scope: the schema inside (`warehouse.database.bootstrap`, `warehouse.migrations`).
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from warehouse.connection import Warehouse
from warehouse.database.access import close_to_public
from warehouse.database.address import parse_database_url
from warehouse.errors import BellwetherError
from warehouse.private_files import open_home, write_file
from warehouse.server import EmbeddedServer, Endpoint
from warehouse.server.binaries import OLDEST_MAJOR
from warehouse.settings import Settings

DEFAULT_COMPANY = "sample"
PREFIX = "bellwether_"
_LONGEST_COMPANY = 63 - len(PREFIX)


def company_slug(name: str) -> str:
    """Name of a company as it appears in a database name: lower case, letters, digits and `_`.

    Raises
    ------
    BellwetherError
        When no usable character is left.
    """
    slug = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
    if not slug or len(slug) > _LONGEST_COMPANY:
        raise BellwetherError(
            f"{name!r} cannot name a company's database.",
            where="the company of the data package, --company or BELLWETHER_COMPANY",
            remedy=f"use 1 to {_LONGEST_COMPANY} letters and digits (a to z, 0 to 9, _)",
        )
    return slug


def current_company(settings: Settings) -> str:
    """Return the present company: the one of the settings, of the last run, or `sample`."""
    if settings.company:
        return company_slug(settings.company)
    remembered = settings.home / "current_company"
    text = remembered.read_text().strip() if remembered.is_file() else ""
    return text or DEFAULT_COMPANY


def require_same_package(settings: Settings, company: str, package: Path) -> None:
    """Require that the package belongs to the requested company.

    Raises
    ------
    BellwetherError
        The settings name another company than `package.yml` does.
    """
    if settings.company and company_slug(settings.company) != company_slug(company):
        raise BellwetherError(
            f"The package belongs to company {company!r}; {settings.company!r} was requested.",
            where=str(package),
            remedy="omit --company (and BELLWETHER_COMPANY), or state that company in package.yml",
        )


def store_current_company(settings: Settings, company: str) -> None:
    """Store the company that later commands use by default; called when its package is loaded or run."""
    open_home(settings.home)
    write_file(settings.home / "current_company", company_slug(company) + "\n")


def server_conninfo(endpoint: Endpoint, database: str) -> str:
    """Write the connection string of a database on the embedded server, through its socket."""
    return make_conninfo(
        host=endpoint.socket_dir,
        port=endpoint.port,
        user=endpoint.user,
        password=endpoint.password,
        dbname=database,
    )


def embedded_warehouse(settings: Settings, company: str | None) -> Warehouse:
    """Find a company's database on the embedded server, made if it does not exist."""
    slug = company_slug(company) if company else current_company(settings)
    endpoint = EmbeddedServer(settings.home).use()
    conninfo = server_conninfo(endpoint, PREFIX + slug)
    if not _exists(conninfo):
        create_database(server_conninfo(endpoint, "postgres"), PREFIX + slug)
    return Warehouse(settings, "embedded", slug, conninfo)


def target_warehouse(settings: Settings) -> Warehouse:
    """Name the database that the settings mean, without making or reaching it; its server runs."""
    if settings.database_url:
        conninfo = parse_database_url(settings.database_url.get_secret_value())
        return Warehouse(settings, "external", current_company(settings), conninfo)
    slug, endpoint = current_company(settings), EmbeddedServer(settings.home).use()
    return Warehouse(settings, "embedded", slug, server_conninfo(endpoint, PREFIX + slug))


def _exists(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo).close()
    except psycopg.OperationalError as error:
        if "does not exist" in str(error):
            return False
        raise
    return True


def create_database(conninfo: str, name: str) -> None:
    """Create a database in UTF8; one that another process creates at the same time is used.

    Only its owner may connect until it is opened (`warehouse.database.bootstrap`).

    Its letters are those of all languages where the machine knows them: trigrams are made of letters only, and for the
    locale C none but English ones are.
    """
    statement = sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        try:
            try:
                connection.execute(statement + sql.SQL(" lc_ctype 'C.UTF-8'"))
            except errors.WrongObjectType:
                connection.execute(statement)
        except (errors.DuplicateDatabase, errors.UniqueViolation):
            return
    with psycopg.connect(make_conninfo(conninfo, dbname=name), autocommit=True) as made:
        close_to_public(made)


def external_warehouse(settings: Settings, company: str | None) -> Warehouse:
    """Reach the database that BELLWETHER_DATABASE_URL names.

    Raises
    ------
    BellwetherError
        The address cannot be read or reached, or the server is older than 15 or not in UTF8.
    """
    assert settings.database_url is not None  # noqa: S101  the caller checks it
    conninfo = parse_database_url(settings.database_url.get_secret_value())
    where = psycopg.conninfo.conninfo_to_dict(conninfo)
    shown = f"BELLWETHER_DATABASE_URL: {where.get('host')}:{where.get('port', 5432)}/{where.get('dbname')}"
    try:
        with psycopg.connect(conninfo) as connection:
            version, encoding = connection.info.server_version, connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        raise BellwetherError(
            f"Your own PostgreSQL cannot be reached: {error}",
            where=shown,
            remedy="start it, correct the address, or unset BELLWETHER_DATABASE_URL to use the embedded server",
        ) from error
    if version < OLDEST_MAJOR * 10000 or encoding != "UTF8":
        raise BellwetherError(
            f"This database cannot hold a warehouse: PostgreSQL {version // 10000}, encoding {encoding}.",
            where=shown,
            remedy=f"use PostgreSQL {OLDEST_MAJOR} or newer and a database created with encoding 'UTF8'",
        )
    return Warehouse(settings, "external", company_slug(company) if company else current_company(settings), conninfo)
