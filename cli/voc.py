"""`bellwether voc`: classified messages and their review.

Only the command line belongs here; reading and reviewing is `warehouse.messages`.
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
    help="Classified messages: list, show and review them.\n\n"
    "`unknown` lists messages the model could not classify, `show` prints one message with its candidates, "
    "`review` records a category: it applies at once in all marts, and the next version is trained on it.",
)

NumberArgument = Annotated[str, typer.Argument(help="Reception number of the message.", metavar="RCNO")]


@app.command()
def unknown(limit: Annotated[int, typer.Option(help="At most this many.", min=1)] = 20) -> None:
    """List unknown messages that have not been reviewed, newest first.

    Example: `bellwether voc unknown --limit 50`
    """
    from warehouse.messages import unknown_messages

    with _connection() as connection:
        found = unknown_messages(connection, limit)
    if not found:
        typer.echo("No message to review.")
        return
    rows = [
        [one.rcno, f"{one.received_at:%Y-%m-%d}", f"{one.confidence or 0:.2f}", (one.content or "")[:90]]
        for one in found
    ]
    _table(["number", "received", "confidence", "message"], rows)
    typer.echo("Review: `bellwether voc review NUMBER CATEGORY`; the candidates: `bellwether voc show NUMBER`.")


@app.command()
def show(number: NumberArgument) -> None:
    """Show one message: text, classification with reasons, and reviews.

    Example: `bellwether voc show R000123`
    """
    from warehouse.messages import candidates, find_message, reviews

    with _connection() as connection:
        message = find_message(connection, number)
        found, reviewed = candidates(connection, number), reviews(connection, number)
    typer.echo(f"{message.rcno}  {message.received_at:%Y-%m-%d %H:%M}  customer {message.ccod}")
    typer.echo(message.content or "(empty)")
    if message.model_version is None:
        typer.echo("Not classified yet.")
    else:
        claim = {None: "", 0: ", no complaint", 1: ", a complaint"}[message.is_claim]
        answer = "unknown" if message.is_unknown else "classified"
        about = f", about {message.bug_type}" if message.bug_type else ""
        typer.echo(f"{message.model_version}: {answer}, confidence {message.confidence:.2f}{claim}{about}")
    if found:
        rows = [[str(one.rank), one.voc_id, one.path, f"{one.confidence:.2f}", one.reason or ""] for one in found]
        _table(["rank", "category", "path", "confidence", "reason"], rows)
    if reviewed:
        rows = [[f"{one.reviewed_at:%Y-%m-%d %H:%M}", one.reviewer, one.voc_id, one.category_name] for one in reviewed]
        _table(["reviewed", "by", "category", "name"], rows)


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
    number: NumberArgument,
    category: Annotated[str, typer.Argument(help="Category, as deep as certain.")],
    claim: Annotated[bool | None, typer.Option("--claim/--no-claim", help="Whether it is a complaint.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Reviewer; default: you.", show_default=False)] = None,
    comment: Annotated[str | None, typer.Option(help="Comment.", show_default=False)] = None,
) -> None:
    """Record the category of a message; earlier reviews stay in the history.

    Example: `bellwether voc review R000123 V111 --claim`
    """
    from warehouse.messages import record_review

    with _connection() as connection:
        record_review(connection, number, category, is_claim=claim, reviewer=reviewer, comment=comment)
    typer.echo(f"{number} is {category}. `bellwether voc classify` updates marts and model.")


@app.command()
@app.command("read", hidden=True)  # its name before 0.2
def classify() -> None:
    """Retrain on new reviews, classify new messages, refresh the marts.

    The daemon runs this every night, and when many reviews differ from the classifications.

    Example: `bellwether voc classify`
    """
    from cli.run_progress import showing_progress
    from dagster_app.lib.runs.runner import classify_messages
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse:
        with showing_progress():
            classify_messages(warehouse)
        with warehouse.connect(Role.OWNER) as connection:
            row = connection.execute(
                "select count(*), count(*) filter (where classification.is_unknown)"
                " from ml.message_classification as classification"
                " join ml.model_version as active on active.version = classification.model_version and active.is_active"
            ).fetchone()
    classified_count, unknown_count = row or (0, 0)
    typer.echo(f"{classified_count:,} messages classified, {unknown_count:,} of them unknown.")


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
