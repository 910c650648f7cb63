"""`bellwether audit`: seal the audit trail and verify it.

Only the command line belongs here; what it does is `warehouse.audit`.
"""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The audit trail: seal new rows, verify sealed ones.\n\n"
    "`bellwether audit seal` writes the digest of the rows to a file outside of the database, "
    "`bellwether audit verify` compares every sealed row with it.",
)


@app.command()
def seal(
    new_file: Annotated[
        bool, typer.Option("--new-file", help="Begin a seal file that is missing with all seals of the database.")
    ] = False,
) -> None:
    """Seal all committed rows that are not sealed yet, and append the digests to the seal file.

    Keep copies of the file where the database's administrators cannot change them.

    Example: `bellwether audit seal`
    """
    from warehouse import audit
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse:
        sealed = audit.seal(warehouse, is_new_file=new_file)
        path = audit.seal_file(warehouse)
    if sealed:
        rows = sum(block.rows for block in sealed)
        typer.echo(f"{rows:,} rows sealed, blocks {sealed[0].block} to {sealed[-1].block}: {sealed[-1].digest}")
        typer.echo(f"Seal file: {path}")
    else:
        typer.echo("No rows to seal.")


@app.command()
def verify() -> None:
    """Verify every sealed row; exits with 1 if one was changed, deleted, inserted or reordered.

    Example: `bellwether audit verify`
    """
    from warehouse import audit
    from warehouse.audit_report import require_intact
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse:
        report = audit.verify(warehouse)
    require_intact(report)
    typer.echo(f"OK: {report.rows:,} rows in {report.blocks:,} blocks are as they were sealed.")
    if report.unsealed:
        typer.echo(f"{report.unsealed:,} rows are not sealed yet. `bellwether audit seal` seals them.")
    if report.unwritten:
        typer.echo(f"{report.unwritten:,} blocks are not in the seal file yet. `bellwether audit seal` writes them.")
