"""``bellwether health``: the dead man's switch; a cron job or a supervisor calls it and heeds its exit code."""

from __future__ import annotations

from datetime import UTC, datetime

import typer


def health() -> None:
    """Say whether the loop still runs: daemon, runs, alerts, champions. Exits with 1 if not.

    Starts nothing and asks the database only, so it also notices a daemon that died.

    Example: `bellwether health || mail -s "bellwether has stopped" you@example.org < /dev/null`
    """
    from rich.console import Console
    from rich.table import Table

    from warehouse.database.opening import open_warehouse
    from warehouse.health import examine
    from warehouse.server import EmbeddedServer
    from warehouse.settings import load_settings

    settings = load_settings()
    if not settings.database_url and EmbeddedServer(settings.home).status() is None:
        typer.echo("The embedded PostgreSQL is not running: nothing runs by itself. `bellwether ui` starts all of it.")
        raise typer.Exit(1)
    with open_warehouse(settings, migrate=False) as warehouse, warehouse.connect(autocommit=True) as connection:
        answers = examine(connection, datetime.now(UTC))
    table = Table("", "question", "answer")
    for answer in answers:
        table.add_row("well" if answer.is_well else "STOPPED", answer.subject, answer.words)
    Console().print(table)
    if not all(answer.is_well for answer in answers):
        raise typer.Exit(1)
