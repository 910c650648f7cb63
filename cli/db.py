"""Commands about the database itself: `bellwether db ...`.

Out of scope: records and builds (`load`, `run`); what the commands do (`warehouse.server`,
`warehouse.database.migrate`, `warehouse.database.backup`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The database: an embedded PostgreSQL, or your own server (BELLWETHER_DATABASE_URL).\n\n"
    "The embedded server starts with the first command that needs it and stops with the last. "
    "`bellwether db start` keeps it running, so that the Dagster UI, psql and the docs can be used together.",
)


@app.command()
def start() -> None:
    """Start the embedded server and leave it running until `bellwether db stop`.

    Prints its address and port. Does nothing if the server is already running. With BELLWETHER_DATABASE_URL
    nothing is started: the command checks that your server can be reached.

    Example: `bellwether db start && bellwether db psql`
    """
    from warehouse.database.opening import open_warehouse
    from warehouse.server import EmbeddedServer
    from warehouse.settings import load_settings

    settings = load_settings()
    if settings.database_url:
        with open_warehouse(settings, migrate=False) as warehouse:
            typer.echo(f"Your own server answers; database {warehouse.database}. Nothing to start.")
        return
    endpoint = EmbeddedServer(settings.home).keep_running()
    typer.echo(
        f"PostgreSQL runs on 127.0.0.1:{endpoint.port} and in {endpoint.socket_dir}, until `bellwether db stop`."
    )
    typer.echo("Next: `bellwether db status`, `bellwether db psql`, `bellwether ui`.")


@app.command()
def stop(
    force: Annotated[bool, typer.Option("--force", help="Stop even if other processes use it.")] = False,
) -> None:
    """Stop the embedded server, or let it stop with the last process that uses it.

    Example: `bellwether db stop --force`
    """
    from warehouse.server import EmbeddedServer
    from warehouse.settings import load_settings

    if EmbeddedServer(load_settings().home).stop(force=force):
        typer.echo("PostgreSQL is stopped. The data are kept; the next command that needs it starts it again.")
    else:
        typer.echo("In use by other processes: it stops when the last one ends (`--force` stops it now).")


@app.command()
def status() -> None:
    """Show server, version, address, size, companies, schema revision, rows in default partitions.

    Does not start the server.

    Example: `bellwether db status`
    """
    from cli.db_status import show_status
    from warehouse.settings import load_settings

    show_status(load_settings())


@app.command()
def url() -> None:
    """Print the address of the company's database, with its password, for other programs.

    Other programs need a server that keeps running: `bellwether db start`.

    Example: `psql "$(bellwether db url)"`
    """
    from warehouse.database.opening import open_warehouse
    from warehouse.server import EmbeddedServer

    with open_warehouse(migrate=False) as warehouse:
        typer.echo(warehouse.url)
        if warehouse.kind == "embedded" and not EmbeddedServer(warehouse.settings.home).is_kept_running:
            typer.echo("The server stops with this command; `bellwether db start` keeps it running.", err=True)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def psql(
    context: typer.Context,
    role: Annotated[
        str | None,
        typer.Option(help="Role: owner, loader, transformer, model, analyst or manager. Default: the login's own."),
    ] = None,
) -> None:
    """Open psql on the company's database; further arguments are passed to psql.

    Examples: `bellwether db psql`, `bellwether db psql --role analyst -c 'select * from analytics.risk_trends'`
    """
    import signal
    import subprocess

    from warehouse.connection import Role
    from warehouse.database.backup import client_environment, matching_program
    from warehouse.database.opening import open_warehouse
    from warehouse.errors import BellwetherError

    if role is not None and role.upper() not in Role.__members__:
        raise BellwetherError(f"There is no role {role!r}.", "--role", f"one of {', '.join(Role.__members__).lower()}")
    with open_warehouse() as warehouse:
        environment = client_environment(warehouse)
        if role is not None:
            environment["PGOPTIONS"] = f"-c role={Role[role.upper()].value}"
        program = str(matching_program(warehouse, "psql"))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it cancels a query
        raise typer.Exit(subprocess.run([program, *context.args], env=environment, check=False).returncode)  # noqa: S603


@app.command()
def migrate() -> None:
    """Bring the schema up to date and print its revision.

    Commands that open the warehouse do so too.

    Example: `bellwether db migrate`
    """
    from warehouse.database import migrate as schema
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse:
        typer.echo(f"Database {warehouse.database} is at revision {schema.current(warehouse)}.")


@app.command()
def rollback(
    revision: Annotated[str, typer.Argument(help="Revision to go back to: four digits, -1, or base.")] = "-1",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Downgrade the schema. Tables created by the revisions are dropped with their rows.

    Make a backup first. The next command that opens the warehouse brings it up to date again.

    Example: `bellwether db backup before.dump && bellwether db rollback 0008`
    """
    from warehouse.database import migrate as schema
    from warehouse.database.opening import open_warehouse

    with open_warehouse(migrate=False) as warehouse:
        if not yes:
            typer.confirm(f"Downgrade {warehouse.database} to {revision}? Dropped tables lose their rows.", abort=True)
        reached = schema.downgrade(warehouse, revision)
        typer.echo(f"Database {warehouse.database} is at revision {reached or 'none'}.")


@app.command()
def history() -> None:
    """List the schema revisions, and which of them are applied to this database.

    Example: `bellwether db history`
    """
    from rich.console import Console
    from rich.table import Table

    from warehouse.database import migrate as schema
    from warehouse.database.opening import open_warehouse

    with open_warehouse(migrate=False) as warehouse:
        table = Table("revision", "applied", "content", title=f"Schema of {warehouse.database}")
        for step in schema.history(warehouse):
            table.add_row(step.revision, "yes" if step.is_applied else "no", step.summary)
        Console().print(table)


@app.command()
def report(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines of each table.")] = 10,
) -> None:
    """Show slow statements, the largest tables, and indexes that no statement uses.

    The embedded server records statements; your own does if `pg_stat_statements` is preloaded.

    Example: `bellwether db report --limit 20`
    """
    from cli.db_report import show_report
    from warehouse.database.opening import open_warehouse

    with open_warehouse(migrate=False) as warehouse:
        show_report(warehouse, limit)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write.")],
    schema_only: Annotated[
        bool, typer.Option("--schema-only", help="Tables, views and functions without rows.")
    ] = False,
    data_only: Annotated[bool, typer.Option("--data-only", help="Rows without tables.")] = False,
) -> None:
    """Write the company's database into one compressed file, while others keep working.

    Model bundles are files of the home folder (`models/<company>`): copy them as well. `db restore` needs a full
    backup; PostgreSQL's `pg_restore` reads the schema or the rows alone.

    Example: `bellwether db backup backups/2025-12-31.dump`
    """
    from warehouse.database.backup import Part
    from warehouse.database.backup import backup as write
    from warehouse.database.opening import open_warehouse
    from warehouse.errors import BellwetherError

    if schema_only and data_only:
        raise BellwetherError("Both parts are a full backup.", "--schema-only --data-only", "leave out both options")
    part = Part.SCHEMA if schema_only else Part.DATA if data_only else Part.ALL
    with open_warehouse(migrate=False) as warehouse:
        written = write(warehouse, file, part)
    content = {Part.ALL: "", Part.SCHEMA: "the schema of ", Part.DATA: "the rows of "}[part]
    typer.echo(f"{written} contains {content}{warehouse.database} ({written.stat().st_size / 1e6:.1f} MB).")
    program = f"bellwether --company NEW_NAME db restore {file}" if part is Part.ALL else f"pg_restore --list {file}"
    typer.echo(f"{'Restore' if part is Part.ALL else 'Content'}: `{program}`")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="File that `backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the database if it exists.")] = False,
) -> None:
    """Restore a backup into a new database: `--company` names it, or BELLWETHER_DATABASE_URL.

    An existing database is replaced only with --force, and only when the copy is complete. Model bundles are
    expected under the new name: copy them to `models/<company>` of the home folder.

    Example: `bellwether --company restored db restore backups/2025-12-31.dump`
    """
    from warehouse.database.backup import restore as restore_backup
    from warehouse.database.companies import target_warehouse
    from warehouse.settings import load_settings

    warehouse = target_warehouse(load_settings())
    restore_backup(warehouse, file, force=force)
    typer.echo(f"Database {warehouse.database} contains the backup. Next: `bellwether db status`")


@app.command("test-restore")
@app.command("rehearse", hidden=True)  # its name before 0.2
def test_restore() -> None:
    """Test a backup: restore it next to the warehouse and compare all tables.

    Compares row counts and checksums, then drops the copy. Exits with 1 if a table differs.

    Example: `bellwether db test-restore`
    """
    from warehouse.database.opening import open_warehouse
    from warehouse.database.restore_test import run_restore_test

    with open_warehouse() as warehouse:
        found = run_restore_test(warehouse, warehouse.settings.home)
        for one in found.differences:
            typer.echo(f"{one.table} differs: (rows, checksum) {one.original} here, {one.copy} in the copy")
        typer.echo(f"{found.tables} tables with {found.rows:,} rows compared, {len(found.differences)} differ.")
    if found.differences:
        raise typer.Exit(1)


@app.command()
def maintain() -> None:
    """Free the space of replaced rows and update the planner statistics (vacuum analyze).

    PostgreSQL does this in the background. After a large back-fill, this command does it at once.

    Example: `bellwether db maintain`
    """
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        typer.echo(f"Database {warehouse.database} is vacuumed and analysed.")
