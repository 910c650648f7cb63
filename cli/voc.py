"""`bellwether voc`: messages, what was read in them, and what a person decides.

Only the command line belongs here; reading and deciding is `warehouse.messages`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Messages: what was read in them, and what a person decides.\n\n"
    "`unknown` lists what the model would not answer, `show` one message with its candidates, "
    "`review` records a decision: it counts at once in every figure and teaches the next version.",
)

Number = Annotated[str, typer.Argument(help="Reception number of the message.", metavar="RCNO")]


@app.command()
def unknown(limit: Annotated[int, typer.Option(help="At most this many.", min=1)] = 20) -> None:
    """List messages that the model calls unknown and nobody has decided, the newest first.

    Example: `bellwether voc unknown --limit 50`
    """
    from warehouse.messages import unknown_messages

    with _connection() as connection:
        found = unknown_messages(connection, limit)
    if not found:
        typer.echo("No message waits for a decision.")
        return
    rows = [
        [one.rcno, f"{one.received_at:%Y-%m-%d}", f"{one.confidence or 0:.2f}", (one.content or "")[:90]]
        for one in found
    ]
    _table(["number", "received", "confidence", "message"], rows)
    typer.echo("Decide: `bellwether voc review NUMBER CATEGORY`; the candidates: `bellwether voc show NUMBER`.")


@app.command()
def show(number: Number) -> None:
    """Show one message: its text, what the model says and why, what people decided.

    Example: `bellwether voc show R000123`
    """
    from warehouse.messages import candidates, decisions, find_message

    with _connection() as connection:
        message = find_message(connection, number)
        named, decided = candidates(connection, number), decisions(connection, number)
    typer.echo(f"{message.rcno}  {message.received_at:%Y-%m-%d %H:%M}  customer {message.ccod}")
    typer.echo(message.content or "(empty)")
    if message.model_version is None:
        typer.echo("The active model has not read it yet.")
    else:
        claim = {None: "", 0: ", no complaint", 1: ", a complaint"}[message.is_claim]
        answer = "unknown" if message.is_unknown else "answered"
        about = f", about {message.bug_type}" if message.bug_type else ""
        typer.echo(f"{message.model_version}: {answer}, confidence {message.confidence:.2f}{claim}{about}")
    if named:
        rows = [[str(one.rank), one.voc_id, one.path, f"{one.confidence:.2f}", one.reason or ""] for one in named]
        _table(["rank", "category", "path", "confidence", "reason"], rows)
    if decided:
        rows = [[f"{one.reviewed_at:%Y-%m-%d %H:%M}", one.reviewer, one.voc_id, one.category_name] for one in decided]
        _table(["decided", "by", "category", "name"], rows)


@app.command()
def categories() -> None:
    """List the categories in force.

    Example: `bellwether voc categories`
    """
    with _connection() as connection:
        rows = connection.execute(
            "with recursive tree as ("
            " select voc_id, name, level, array[voc_id::text] as path from source.voc_category"
            " where parent_id is null and valid_to is null"
            " union all"
            " select child.voc_id, child.name, child.level, tree.path || child.voc_id::text"
            " from source.voc_category as child join tree on child.parent_id = tree.voc_id"
            " where child.valid_to is null)"
            " select voc_id, repeat('  ', level - 1) || name from tree order by path"
        ).fetchall()
    _table(["category", "name"], [list(row) for row in rows])


@app.command()
def review(
    number: Number,
    category: Annotated[str, typer.Argument(help="Category decided, the deepest that is sure.")],
    claim: Annotated[bool | None, typer.Option("--claim/--no-claim", help="Whether it is a complaint.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Who decides; you.", show_default=False)] = None,
    comment: Annotated[str | None, typer.Option(help="Why.", show_default=False)] = None,
) -> None:
    """Record what a person decided of a message; the decision before stays in the history.

    Example: `bellwether voc review R000123 V111 --claim`
    """
    from warehouse.messages import decide

    with _connection() as connection:
        decide(connection, number, category, is_claim=claim, reviewer=reviewer, comment=comment)
    typer.echo(f"{number} is {category}. `bellwether voc read` brings it into figures and model.")


@app.command()
def read() -> None:
    """Learn from new decisions, read new messages, refresh every figure made of them.

    The daemon does so every night, and when many decisions differ from what the model had said.

    Example: `bellwether voc read`
    """
    from cli.run_progress import showing_progress
    from dagster_app.lib.runs.runner import read_messages
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse:
        with showing_progress():
            read_messages(warehouse)
        with warehouse.connect(Role.OWNER) as connection:
            row = connection.execute(
                "select count(*), count(*) filter (where said.is_unknown) from ml.message_classification as said"
                " join ml.model_version as active on active.version = said.model_version and active.is_active"
            ).fetchone()
    read_count, unknown_count = row or (0, 0)
    typer.echo(f"{read_count:,} messages are read, {unknown_count:,} of them unknown.")


def _table(header: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(*header)
    for row in rows:
        grid.add_row(*row)
    Console().print(grid)


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.OWNER) as connection:
        yield connection
