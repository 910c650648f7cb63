"""``bellwether sample``: write the simulated company as a data package.

Only the command line belongs here; the simulation is in warehouse/sample/.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from warehouse.sample.options import SampleOptions


def sample(
    customers: Annotated[int, typer.Option(help="Customers ever, 20 to 1,000,000.")] = 2000,
    months: Annotated[int, typer.Option(help="Monthly snapshots, 3 to 60.")] = 24,
    end_month: Annotated[str, typer.Option(help="Last snapshot month.", metavar="YYYY-MM")] = "2025-12",
    seed: Annotated[int, typer.Option(help="Seed; the same options and seed give the same files.")] = 7,
    drift: Annotated[
        str | None,
        typer.Option(
            help="A permanent shift, for example month=2025-07,driver=infestation,sigma=0.3. Drivers: satisfaction, "
            "price_sensitivity, infestation, reliability, financial_stress, engagement, csi_score (survey "
            "answers only), concept (degree of change to other reasons for leaving)."
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="A delivery fault (repeatable): duplicates, late_corrections, broken_documents, "
            "missing_months, late_files."
        ),
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Risk target (repeatable): churn (default), payment_default.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Package folder. Default: under BELLWETHER_HOME.")] = None,
) -> None:
    """Write the simulated company: customers, visits, surveys, messages, invoices, ledger.

    All data are simulated. The same options give the same files; existing files are not written again.
    The command that loads the package is printed at the end.

    Examples
    --------
    `bellwether sample --customers 20000 --out /tmp/company`

    `bellwether sample --drift month=2025-07,driver=infestation,sigma=0.3 --fault late_corrections`
    """
    from warehouse.errors import BellwetherError
    from warehouse.packages.risk_targets import documented_target
    from warehouse.private_files import open_home
    from warehouse.sample import generate, read_receipt
    from warehouse.settings import load_settings

    options = _options(customers, months, end_month, seed, drift, fault or [], target or [documented_target()])
    open_home(load_settings().home)
    folder = out or load_settings().home / "sample" / _folder_name(options)
    try:
        _generate_with_progress(generate, folder, options)
    except FileExistsError as error:
        raise BellwetherError(
            "The folder contains other files.", where=str(folder), remedy="choose an empty folder"
        ) from error
    _show(folder, read_receipt(folder))


def _options(
    customers: int, months: int, end_month: str, seed: int, drift: str | None, faults: list[str], targets: list[str]
) -> SampleOptions:
    from warehouse.sample import DeliveryFault, DriftSwitch, SampleOptions

    try:
        return SampleOptions(
            customers=customers,
            months=months,
            end_month=_month(end_month),
            seed=seed,
            drift=DriftSwitch.parse(drift) if drift else None,
            faults=tuple(DeliveryFault(name) for name in faults),
            targets=tuple(targets),
        )
    except ValueError as error:
        choices = ", ".join(DeliveryFault) if "DeliveryFault" in str(error) else ""
        raise typer.BadParameter(f"{error}{'; choose from ' + choices if choices else ''}") from error


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise ValueError(f"--end-month {text!r} is not a month: use the form 2025-12") from error


def _folder_name(options: SampleOptions) -> str:
    return f"{options.customers}x{options.months}-{options.end_month:%Y-%m}-{options.fingerprint[:8]}"


def _generate_with_progress(generate: Any, folder: Path, options: SampleOptions) -> None:
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("Simulating customers", total=options.customers)
        generate(folder, options, progress=lambda done, _all: bar.update(task, completed=done))


def _show(folder: Path, receipt: dict[str, Any]) -> None:
    """Print files and rows by kind, the churn rate, and the next command."""
    from rich.console import Console
    from rich.table import Table

    kinds: dict[str, list[int]] = {}
    for name, entry in receipt["files"].items():
        kind = name.split("/")[0] if "/" in name else name
        files, rows, size = kinds.get(kind, [0, 0, 0])
        kinds[kind] = [files + 1, rows + entry["rows"], size + entry["bytes"]]
    table = Table(title="Simulated company (all data are simulated)")
    table.add_column("what")
    for heading in ("files", "rows", "MB"):
        table.add_column(heading, justify="right")
    for kind, (files, rows, size) in kinds.items():
        table.add_row(kind, f"{files:,}", f"{rows:,}", f"{size / 1e6:,.1f}")
    console = Console()
    console.print(table)
    months = list(receipt["months"].items())
    last, figures = months[-1]
    within_three = [figures_of["left_within_3_months"] for _, figures_of in months[:-3]]
    active = [figures_of["active"] for _, figures_of in months[:-3]]
    if sum(active):
        share = sum(within_three) / sum(active)
        console.print(f"{share:.1%} of active customers leave within three months.")
    console.print(f"{figures['active']:,} customers have a contract at the end of {last}.")
    console.print(f"\nNext: [bold]bellwether run --package {folder}[/bold]", soft_wrap=True)
