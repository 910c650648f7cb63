"""`bellwether quarantine`: list, show, export and replay rejected rows.

Only the command line belongs here; reading is `warehouse.loading.quarantine`, loading
`warehouse.loading.replay`.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from warehouse.loading.quarantine import RejectFilter

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Rejected rows: list, correct and load rejected rows.\n\n"
    "`list` counts them by reason, `show` prints them, `export` exports rows for correction, "
    "`replay` validates them again and loads those that pass.",
)

StatusOption = Annotated[str, typer.Option(help="Status: open, replayed, discarded or all.")]
BatchOption = Annotated[int | None, typer.Option(help="Only this load batch.", show_default=False)]
ReasonOption = Annotated[str | None, typer.Option(help="Only this reason code.", show_default=False)]
TableOption = Annotated[str | None, typer.Option(help="Only this target table.", show_default=False)]


@app.command("list")
def list_rejects(status: StatusOption = "open", batch: BatchOption = None, table: TableOption = None) -> None:
    """Count rejected rows by file and reason.

    Example: `bellwether quarantine list --status all`
    """
    from rich.console import Console
    from rich.table import Table

    from warehouse.loading.quarantine import summarise

    with _connection() as connection:
        groups = summarise(connection, _filter(status, batch, None, table))
    console = Console()
    if not groups:
        console.print(f"No rejected rows ({status}).")
        return
    grid = Table("batch", "file", "table", "reason", "status", "rows", "for example")
    for group in groups:
        grid.add_row(
            str(group.batch_id),
            group.file_name,
            group.target_table,
            group.reason_code,
            group.status,
            f"{group.row_count:,}",
            group.example,
        )
    console.print(grid)
    console.print("Rows: `bellwether quarantine show`. To correct: `export`, edit, `replay --file`.")


@app.command()
def show(
    status: StatusOption = "open",
    batch: BatchOption = None,
    reason: ReasonOption = None,
    table: TableOption = None,
    limit: Annotated[int, typer.Option(help="At most this many rows.")] = 20,
) -> None:
    """Print rejected rows: file and line, reason, content.

    Example: `bellwether quarantine show --reason unknown_customer --limit 5`
    """
    import orjson
    from rich.console import Console

    from warehouse.loading.quarantine import rejected_rows

    console = Console()
    with _connection() as connection:
        for row in rejected_rows(connection, _filter(status, batch, reason, table), limit=limit):
            place = f"{row.file_name}:{row.line_number}"
            console.print(f"{row.rejected_id}  {place}  {row.target_table}  {row.reason_code}", highlight=False)
            console.print(f"    {row.reason}", markup=False)
            console.print(f"    {orjson.dumps(row.row_data).decode()}", markup=False, style="dim", soft_wrap=True)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="File to write, JSON lines.", show_default=False)],
    status: StatusOption = "open",
    batch: BatchOption = None,
    reason: ReasonOption = None,
    table: TableOption = None,
) -> None:
    """Export rejected rows for correction: edit `row`, keep `rejected_id`, then replay the file.

    Example: `bellwether quarantine export bad.jsonl --reason unreadable_value`
    """
    from warehouse.loading.quarantine import export_rows

    with _connection() as connection:
        count = export_rows(connection, _filter(status, batch, reason, table), path)
    typer.echo(f"{count} rows in {path}. Next: correct them, then `bellwether quarantine replay --file {path}`.")


@app.command()
def replay(
    file: Annotated[
        Path | None, typer.Option(help="A corrected export; only its rows are replayed.", show_default=False)
    ] = None,
    batch: BatchOption = None,
    reason: ReasonOption = None,
    table: TableOption = None,
) -> None:
    """Validate open rejected rows again and load those that pass, for example once their customer has arrived.

    Example: `bellwether quarantine replay --reason unknown_customer`
    """
    from dataclasses import replace

    from cli.load import show_report
    from warehouse.database.opening import open_warehouse
    from warehouse.loading import replay as replay_rows
    from warehouse.loading.quarantine import read_corrected_rows

    corrected = read_corrected_rows(file) if file else None
    chosen = _filter("open", batch, reason, table)
    if corrected is not None:
        chosen = replace(chosen, rejected_ids=tuple(corrected))
    with open_warehouse() as warehouse:
        report = replay_rows(warehouse, chosen, corrected=corrected)
    if report.batches:
        show_report(report)
    else:
        typer.echo("No open rejected rows match; nothing was replayed.")


def _filter(status: str, batch: int | None, reason: str | None, table: str | None) -> RejectFilter:
    from warehouse.loading.quarantine import RejectFilter

    known = ("open", "replayed", "discarded", "all")
    if status not in known:
        raise typer.BadParameter(f"{status}: choose from {', '.join(known)}", param_hint="--status")
    return RejectFilter(None if status == "all" else status, batch, reason, table)


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.LOADER) as connection:
        yield connection
