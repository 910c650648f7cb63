"""The command `bellwether`: which commands there are, the global options, how failures are shown.

Each command lives in a module of its own, imported when it is called. Does not belong here: what a
command does.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli.lazy import LazyCommand, LazyGroup
from warehouse.environment import environment_variables

COMMANDS = (
    LazyCommand("run", "cli.run", "run", "All of it: load, build, train, score, check, report."),
    LazyCommand("load", "cli.load", "load", "Load a data package into the raw tables."),
    LazyCommand("sample", "cli.sample", "sample", "Generate the simulated sample company."),
    LazyCommand("score", "cli.score", "score", "Score a month with the active model."),
    LazyCommand(
        "explain",
        "cli.explain",
        "explain",
        "One customer: risk, reasons in words, history.",
        "bellwether explain C000123",
    ),
    LazyCommand(
        "recommend",
        "cli.recommend",
        "recommend",
        "One customer: what to offer, and why.",
        "bellwether recommend C0000123",
    ),
    LazyCommand(
        "voc",
        "cli.voc",
        "app",
        "Messages: what was read in them, and what a person decides.",
        "bellwether voc unknown",
    ),
    LazyCommand(
        "models",
        "cli.models",
        "app",
        "Versions of the models: list, compare, promote, roll back.",
        "bellwether models list",
    ),
    LazyCommand("health", "cli.health", "health", "Whether what runs by itself still runs; exits 1 if not."),
    LazyCommand("ui", "cli.ui", "ui", "Serve the Dagster UI on the same instance.", "bellwether ui --port 3001"),
    LazyCommand(
        "docs",
        "cli.docs",
        "docs",
        "Serve dbt docs, Data Docs and model cards.",
        "bellwether docs --port 8091",
    ),
    LazyCommand(
        "quarantine",
        "cli.quarantine",
        "app",
        "Rejected rows: list them, mend them, replay them.",
        "bellwether quarantine list",
    ),
    LazyCommand(
        "db",
        "cli.db",
        "app",
        "The database: start, stop, look, migrate, back up.",
        "bellwether db start",
    ),
)


def print_version(is_asked: bool) -> None:
    """Print the installed version and end."""
    if is_asked:
        typer.echo(f"bellwether {version('bellwether')}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback(context_settings={"obj": COMMANDS, "help_option_names": ["-h", "--help"]})
def bellwether(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of all local data. Also: BELLWETHER_HOME.", show_default=False)
    ] = None,
    company: Annotated[
        str | None,
        typer.Option(help="Whose warehouse; none: the last one run. Also: BELLWETHER_COMPANY.", show_default=False),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Who is likely to leave, and why: a customer-risk warehouse from raw records to the work list.

    Begin with `bellwether run`: it starts a PostgreSQL of its own, loads a simulated company, builds everything
    and says where to look. Then `bellwether run --package FOLDER` does the same for your records.

    `bellwether COMMAND --help` explains each command with examples.
    """
    # By environment, so that the processes a command starts mean the same warehouse.
    said = {
        "BELLWETHER_HOME": str(home.absolute()) if home else None,
        "BELLWETHER_COMPANY": company,
        "BELLWETHER_DEBUG": "1" if debug else None,
    }
    context.with_resource(environment_variables({name: value for name, value in said.items() if value is not None}))
