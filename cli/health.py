"""``bellwether health``: called by a cron job or a supervisor, which uses the exit code."""

from __future__ import annotations

from datetime import UTC, datetime

import typer


def health() -> None:
    """Check that the scheduled pipeline is running: daemon, runs, alerts, champions. Exits with 1 if not.

    Starts nothing and queries only the database, so it also detects a daemon that is not running.

    Example: `bellwether health || mail -s "bellwether has stopped" you@example.org < /dev/null`
    """
    from rich.console import Console
    from rich.table import Table

    from warehouse.database.opening import open_warehouse
    from warehouse.health import check_health
    from warehouse.server import EmbeddedServer
    from warehouse.settings import load_settings

    settings = load_settings()
    if not settings.database_url and EmbeddedServer(settings.home).status() is None:
        typer.echo("The embedded PostgreSQL is not running, so no scheduled jobs run. `bellwether ui` starts them.")
        raise typer.Exit(1)
    with open_warehouse(settings, migrate=False) as warehouse, warehouse.connect(autocommit=True) as connection:
        checks = check_health(connection, datetime.now(UTC))
    table = Table("", "check", "result")
    for check in checks:
        table.add_row("ok" if check.is_ok else "STOPPED", check.subject, check.detail)
    Console().print(table)
    if not all(check.is_ok for check in checks):
        raise typer.Exit(1)
