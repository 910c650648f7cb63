"""``bellwether run``: bring a company's warehouse up to date and print a summary.

Only the command line belongs here: options, progress, the closing summary. What runs is `dagster_app.lib.runs.runner`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import BellwetherError


def run(
    package: Annotated[
        Path | None, typer.Option(help="Data package: a folder with package.yml. Default: the simulated company.")
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(
            help="File that the package does not contain: PATH, or KEY=PATH if there are several. Repeatable."
        ),
    ] = None,
    customers: Annotated[int, typer.Option(help="Customers of the simulated company.")] = 2000,
    months: Annotated[int, typer.Option(help="Monthly snapshots of the simulated company.")] = 24,
    seed: Annotated[int, typer.Option(help="Same size and seed: the same company.")] = 7,
    target: Annotated[
        list[str] | None,
        typer.Option(help="Risk target of the simulated company (repeatable): churn (default), payment_default."),
    ] = None,
    full_refresh: Annotated[
        bool,
        typer.Option(
            "--full-refresh", help="Build all months again; needed where a release changed the columns of a table."
        ),
    ] = False,
) -> None:
    """Load, build, train, score, check and publish; unchanged steps are skipped.

    Examples
    --------
    - `bellwether run` on the simulated company
    - `bellwether run --target churn --target payment_default` with a second model on its invoices
    - `bellwether run --package my_company/` on your own records
    - `bellwether run --full-refresh` where an upgrade requires it
    - `bellwether run --package examples/bank_churn --file Churn_Modelling.csv` on the public bank file
    """
    from cli.load import parse_files
    from cli.run_progress import showing_progress
    from cli.run_report import show_summary

    with showing_progress() as elapsed:
        from dagster_app.lib.runs.package_source import PackageSource
        from dagster_app.lib.runs.runner import run_company
        from warehouse.packages.risk_targets import documented_target

        if file and package is None:
            raise BellwetherError("--file needs --package.", remedy="name the folder of the package with --package")
        if target and package is not None:
            raise BellwetherError(
                "--target applies to the simulated company only.", remedy="list the targets in package.yml (`targets:`)"
            )
        files = {key: path.absolute() for key, path in parse_files(file or []).items()}
        source = PackageSource(
            package=package,
            files=files,
            customers=customers,
            months=months,
            seed=seed,
            targets=tuple(target or [documented_target()]),
        )
        summary = run_company(source, full_refresh=full_refresh)
    show_summary(summary, elapsed())
