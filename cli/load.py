"""`bellwether load`: bring a data package into the raw tables.

Only the command line belongs here: options, progress, the final table. Loading is
`warehouse.loading`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.loading import LoadReport
    from warehouse.loading.report import LoadProgress, ProgressCallback
    from warehouse.packages import DataPackage


def load(
    package: Annotated[Path, typer.Argument(help="Package folder, or its package.yml.", show_default=False)],
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            help="File to use in place of the package's own, KEY=PATH; repeatable. The path is enough "
            "if the package has one key.",
            metavar="KEY=PATH",
        ),
    ] = None,
) -> None:
    """Load a data package: new rows, corrections with their time; rejected rows go to quarantine.

    Loading the same files again adds nothing. Format of package.yml: docs/data_packages.md.

    Examples: `bellwether load my_company/`,
    `bellwether load examples/bank_churn --file Churn_Modelling.csv`
    """
    from warehouse.database.companies import require_same_package, store_current_company
    from warehouse.database.opening import open_warehouse
    from warehouse.loading import load_package
    from warehouse.packages import DataPackage
    from warehouse.settings import load_settings

    read = DataPackage.read(package, parse_files(file or []))
    settings = load_settings()
    require_same_package(settings, read.company, read.path)
    with open_warehouse(settings, company=read.company) as warehouse:
        report = _with_progress(lambda report: load_package(warehouse, read, progress=report))
        store_current_company(settings, warehouse.company)
    show_report(report, read)


def parse_files(options: list[str]) -> dict[str, Path]:
    """Read `KEY=PATH` options; a path alone has the empty key.

    A path that contains a `=` needs its key.
    """
    overrides: dict[str, Path] = {}
    for option in options:
        key, separator, path = option.partition("=")
        if separator and key.isidentifier():
            overrides[key] = Path(path)
        else:
            overrides[""] = Path(option)
    return overrides


def show_report(report: LoadReport, package: DataPackage | None = None) -> None:
    """Print the numbers of rows by table and result."""
    from rich.console import Console
    from rich.table import Table

    simulated = " (simulated records)" if package is not None and package.is_simulated else ""
    table = Table(title=f"Loaded {package.title}{simulated}" if package else "Replayed")
    table.add_column("table")
    for heading in ("files", "known already", "rows read", "loaded", "unchanged", "quarantined"):
        table.add_column(heading, justify="right")
    for target in dict.fromkeys(batch.target for batch in report.batches):
        batches = [batch for batch in report.batches if batch.target == target]
        figures = (
            len(batches),
            sum(batch.status == "skipped" for batch in batches),
            sum(batch.rows_read for batch in batches),
            sum(batch.rows_loaded for batch in batches),
            sum(batch.rows_unchanged for batch in batches),
            sum(batch.rows_quarantined for batch in batches),
        )
        table.add_row(target, *(f"{figure:,}" for figure in figures))
    console = Console()
    console.print(table)
    for note in dict.fromkeys(f"{batch.target}: {note}" for batch in report.batches for note in batch.notes):
        console.print(note, style="dim", soft_wrap=True)
    if report.rows_quarantined:
        console.print("Rejected rows are in quarantine: [bold]bellwether quarantine list[/bold]")
    if report.months_changed:
        first, last = report.months_changed[0], report.months_changed[-1]
        console.print(f"Months to rebuild: {len(report.months_changed)} ({first:%Y-%m} to {last:%Y-%m})")


def _with_progress(run: Callable[[ProgressCallback], LoadReport]) -> LoadReport:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[detail]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("waiting", total=None, detail="for another load")

        def report_progress(step: LoadProgress) -> None:
            bar.update(
                task,
                description=step.stage,
                completed=step.file_index,
                total=step.file_count,
                detail=f"{step.file_name}, {step.rows:,} rows",
            )

        return run(report_progress)
