"""``bellwether score``: score one month with the production version, through the asset graph."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.errors import BellwetherError


def score(
    month: Annotated[
        str | None, typer.Option(help="Snapshot month; default: the newest that is built.", metavar="YYYY-MM")
    ] = None,
) -> None:
    """Score a month's customers with the production version and refresh the marts.

    A month can be scored again: unchanged rows are not written.

    Example: `bellwether score --month 2025-12`
    """
    from rich.console import Console

    from cli.run_progress import showing_progress
    from cli.run_report import show_summary
    from dagster_app.lib.runs.runner import score_month
    from dagster_app.lib.runs.summary import summarise
    from warehouse.database.opening import open_warehouse
    from warehouse.months import parse_month

    try:
        wanted = parse_month(month) if month else None
    except ValueError as error:
        raise BellwetherError(str(error), where="--month") from error
    with open_warehouse() as warehouse:
        with showing_progress() as elapsed:
            scored = score_month(warehouse, wanted)
        Console().print(f"Scored {scored:%Y-%m}.")
        show_summary(summarise(warehouse, is_unchanged=False), elapsed())
