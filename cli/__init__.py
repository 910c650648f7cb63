"""The command `bellwether`: which commands there are, the global options, how failures are shown.

Each command has its own module, imported when the command is called. Out of scope: what a command does.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli.lazy import LazyCommand, LazyGroup
from warehouse.environment import environment_variables

COMMANDS = (
    LazyCommand("run", "cli.run", "run", "Run the whole pipeline: load, build, train, score, check, publish."),
    LazyCommand("load", "cli.load", "load", "Load a data package into the raw tables."),
    LazyCommand("sample", "cli.sample", "sample", "Generate the simulated sample company."),
    LazyCommand("score", "cli.score", "score", "Score a month with the production version."),
    LazyCommand(
        "explain",
        "cli.explain",
        "explain",
        "Show a customer's risk, its reasons and history.",
        "bellwether explain C000123",
    ),
    LazyCommand(
        "recommend",
        "cli.recommend",
        "recommend",
        "Show what to offer a customer, and why.",
        "bellwether recommend C0000123",
    ),
    LazyCommand(
        "voc",
        "cli.voc",
        "app",
        "Classified messages: list, show and review them.",
        "bellwether voc unknown",
    ),
    LazyCommand(
        "models",
        "cli.models",
        "app",
        "Model versions: list, compare, promote, roll back.",
        "bellwether models list",
    ),
    LazyCommand("health", "cli.health", "health", "Check that the scheduled pipeline is running; exits with 1 if not."),
    LazyCommand("ui", "cli.ui", "ui", "Serve the Dagster UI; run schedules and sensors.", "bellwether ui --port 3001"),
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
        "Rejected rows: list, correct, replay.",
        "bellwether quarantine list",
    ),
    LazyCommand(
        "audit",
        "cli.audit",
        "app",
        "The audit trail: seal new rows, verify sealed ones.",
        "bellwether audit verify",
    ),
    LazyCommand(
        "db",
        "cli.db",
        "app",
        "The database: start, stop, status, migrate, back up.",
        "bellwether db start",
    ),
)


def print_version(is_requested: bool) -> None:
    """Print the installed version and exit."""
    if is_requested:
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
        typer.Option(help="Company; default: the one of the last run. Also: BELLWETHER_COMPANY.", show_default=False),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Customer-risk warehouse: which customers are likely to leave, and why.

    Start with `bellwether run`: it starts its own PostgreSQL, loads a simulated company, builds everything
    and lists where to find the results. `bellwether run --package FOLDER` does the same for your records.

    `bellwether COMMAND --help` explains each command with examples.
    """
    # By environment variables, so that processes started by a command use the same warehouse.
    overrides = {
        "BELLWETHER_HOME": str(home.absolute()) if home else None,
        "BELLWETHER_COMPANY": company,
        "BELLWETHER_DEBUG": "1" if debug else None,
    }
    context.with_resource(
        environment_variables({name: value for name, value in overrides.items() if value is not None})
    )
