"""The table that `bellwether db status` prints.

Out of scope: business figures (`bellwether run` prints those).
"""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.table import Table

from warehouse.connection import Warehouse
from warehouse.database import migrate
from warehouse.database.access import access_role
from warehouse.database.bootstrap import database_company
from warehouse.database.companies import PREFIX, current_company, external_warehouse, server_conninfo
from warehouse.database.partitions import default_partition_rows
from warehouse.server import EmbeddedServer
from warehouse.settings import Settings


def show_status(settings: Settings) -> None:
    """Print the server and its databases, without starting anything."""
    console = Console()
    if settings.database_url:
        warehouse = external_warehouse(settings, None)
        _show_server(console, warehouse, "your own (BELLWETHER_DATABASE_URL)")
        _show_databases(console, [warehouse])
        return
    server = EmbeddedServer(settings.home)
    endpoint = server.status()
    if endpoint is None:
        console.print("The embedded PostgreSQL is not running. `bellwether db start` starts it and keeps it running.")
        return
    kept = "until `bellwether db stop`" if server.is_kept_running else "while a process uses it"
    admin = Warehouse(settings, "embedded", current_company(settings), server_conninfo(endpoint, "postgres"))
    _show_server(console, admin, f"embedded, process {endpoint.pid}, {kept}", f"127.0.0.1:{endpoint.port}")
    with admin.connect() as connection:
        names = connection.execute(
            "select datname from pg_database where datname like %s order by 1", [f"{PREFIX}%"]
        ).fetchall()
    _show_databases(console, [_database(admin, str(name)) for (name,) in names])


def _database(admin: Warehouse, name: str) -> Warehouse:
    conninfo = make_conninfo(admin.conninfo, dbname=name)
    return Warehouse(admin.settings, admin.kind, name.removeprefix(PREFIX), conninfo)


def _show_server(console: Console, warehouse: Warehouse, how: str, address: str | None = None) -> None:
    with warehouse.connect() as connection:
        version = str(connection.execute("show server_version").fetchall()[0][0])
        reached = f"{connection.info.host}:{connection.info.port}"
        size = connection.execute(
            "select pg_size_pretty(coalesce(sum(pg_database_size(oid)), 0)) from pg_database"
            " where has_database_privilege(oid, 'connect')"
        ).fetchall()[0][0]
    table = Table(title="Server", show_header=False)
    table.add_row("server", how)
    table.add_row("version", f"PostgreSQL {version}")
    table.add_row("address", address or reached)
    table.add_row("size", str(size))
    table.add_row("home", str(warehouse.settings.home))
    console.print(table)


def _show_databases(console: Console, warehouses: list[Warehouse]) -> None:
    table = Table(title="Databases")
    for heading in ("database", "company", "size", "schema", "rows in default partitions", "role that may connect"):
        table.add_column(heading, no_wrap=heading == "database")
    for warehouse in warehouses:
        table.add_row(warehouse.database, *_facts(warehouse), access_role(warehouse.database))
    console.print(table)


def _facts(warehouse: Warehouse) -> list[str]:
    revision = migrate.current(warehouse)
    with warehouse.connect() as connection:
        size = connection.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchall()[0][0]
    behind = "" if revision == migrate.head() else f" (newest: {migrate.head()})"
    company = database_company(warehouse) or "none"
    return [company, str(size), f"{revision or 'none'}{behind}", _rows_in_default(warehouse)]


def _rows_in_default(warehouse: Warehouse) -> str:
    """Count rows in default partitions by table; early revisions have no view for it."""
    with warehouse.connect() as connection:
        try:
            found = {parent: count for parent, count in default_partition_rows(connection).items() if count}
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            return "unknown"
    return ", ".join(f"{parent}: {count}" for parent, count in found.items()) or "0"
