"""`bellwether models`: versions of the models, which one serves, and the switches between them.

Only the command line belongs here; the registry is `warehouse.registry`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Versions of the models: which serves, how good each was measured, and how to switch.\n\n"
    "`list`, `show`, `compare` and `history` read; `promote` and `rollback` switch, at once and with a reason kept.",
)

Because = Annotated[str, typer.Option("--because", help="Why; it stays in the history.", prompt="Why")]


def _documented_model() -> str:
    from warehouse.packages.risk_targets import documented_model

    return documented_model()


Name = Annotated[
    str,
    typer.Argument(
        help="The model.", metavar="[MODEL]", default_factory=_documented_model, show_default="the documented target's"
    ),
]


@app.command("list")
def list_versions(
    model: Annotated[str | None, typer.Argument(help="Only this model.", show_default=False)] = None,
) -> None:
    """List versions, newest first, each with its stage and its most honest figures.

    Example: `bellwether models list churn`
    """
    from warehouse.registry import versions

    with _connection() as connection:
        known = versions(connection, model)
    if not known:
        typer.echo("No version has been trained yet: `bellwether run` trains the first.")
        return
    rows = [
        [one.model_name, one.version, one.stage or "", f"{one.training_date:%Y-%m-%d}", one.evaluation_kind or ""]
        + [_number(figure) for figure in (one.auc_roc, one.brier_score, one.calibration_error)]
        for one in known
    ]
    _table(["model", "version", "stage", "trained", "evaluated by", "ROC AUC", "Brier", "ECE"], rows)


@app.command()
def show(version: Annotated[str, typer.Argument(help="The version.")]) -> None:
    """Show one version: training window, figures, every stage it had and why.

    Example: `bellwether models show churn-202601-1c754b4822`
    """
    from warehouse.registry import find, history

    with _connection() as connection:
        one = find(connection, version)
        stages = [stage for stage in history(connection, one.model_name) if stage.version == version]
    facts = {
        "model": one.model_name,
        "trained": f"{one.training_date:%Y-%m-%d}",
        "training window": f"{one.training_window_start} to {one.training_window_end}",
        "evaluated by": f"{one.evaluation_kind or 'nothing'}, {one.row_count or 0:,} rows",
        "ROC AUC, Brier, ECE": ", ".join(_number(x) for x in (one.auc_roc, one.brier_score, one.calibration_error)),
    }
    _table(["", version], [[name, value] for name, value in facts.items()])
    _stages(stages)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A version.")], second: Annotated[str, typer.Argument(help="Another.")]
) -> None:
    """Compare two versions on the evaluations both have.

    Example: `bellwether models compare churn-202512-... churn-202601-...`
    """
    from warehouse.registry import compare as figures_of_both

    with _connection() as connection:
        figures = figures_of_both(connection, first, second)
    if not figures:
        typer.echo("No evaluation in common: neither the same origins nor the same rows.")
        return
    names = ("auc_roc", "brier_score", "calibration_error")
    rows = [
        [str(row["origin_date"] or row["evaluation_kind"]), f"{row['row_count']:,}"]
        + [f"{_number(row['first_' + name])} / {_number(row['second_' + name])}" for name in names]
        for row in figures
    ]
    _table(["origin", "rows", "ROC AUC", "Brier", "ECE"], rows)
    typer.echo(f"First figure: {first}; second: {second}.")


@app.command()
def history(model: Name) -> None:
    """List what served when, who decided it, and why.

    Example: `bellwether models history churn`
    """
    from warehouse.registry import history as stages_of

    with _connection() as connection:
        _stages(stages_of(connection, model))


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The version to put in production.")], because: Because
) -> None:
    """Put a version in production; the next scoring uses it.

    Example: `bellwether models promote churn-202512-4f1c2d3e4f --because "the newest was trained on a bad month"`
    """
    from warehouse.registry import person
    from warehouse.registry import promote as switch_to

    with _connection() as connection:
        replaced = switch_to(connection, version, person(because))
    typer.echo(f"{version} is in production" + (f"; it replaces {replaced}." if replaced else "."))


@app.command()
def rollback(because: Because, model: Name) -> None:
    """Put the version back that served before the present one.

    Example: `bellwether models rollback churn --because "scores jumped after the switch"`
    """
    from warehouse.registry import person, roll_back

    with _connection() as connection:
        back, removed = roll_back(connection, model, person(because))
    typer.echo(f"{back} is in production again; {removed} is archived.")


@app.command()
def challenge(
    because: Because,
    model: Name,
    hold_out: Annotated[
        int, typer.Option(help="Newest as-of dates whose labels judge the challenger instead of teaching it.", min=0)
    ] = 1,
) -> None:
    """Ask for a challenger: it is trained, scores in the shadow, and the gate decides on labels neither has seen.

    The sensors do the rest; `--hold-out 0` learns from every label and waits for new ones.

    Example: `bellwether models challenge --because "prices changed in March"`
    """
    from datetime import UTC, datetime

    from warehouse.registry import person
    from warehouse.retraining import Trigger, ask

    decider = person(because)
    evidence = {"asked_by": decider.name, "reason": because, "hold_out_months": hold_out}
    with _connection() as connection:
        number = ask(connection, Trigger(model, "person", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}", evidence))
    typer.echo(f"Attempt {number} waits; the next round of mending trains it (job mend_model of `bellwether ui`).")


@app.command()
def attempts(model: Name) -> None:
    """List the attempts at a better version: what asked, the challenger, what the gate said.

    Example: `bellwether models attempts churn`
    """
    from warehouse.retraining import attempts as all_attempts

    with _connection() as connection:
        known = all_attempts(connection, model)
    rows = [
        [
            str(one.id),
            one.trigger_key,
            one.state + (", promoted" if one.promoted else ""),
            one.shadow_model_version or "",
            one.production_model_version or "",
            one.verdict or "",
        ]
        for one in known
    ]
    _table(["attempt", "asked by", "state", "challenger", "champion", "verdict"], rows)


@app.command()
def override(attempt: Annotated[int, typer.Argument(help="Number of the attempt.")], because: Because) -> None:
    """Promote a challenger that the gate refused; your name and the reason are kept.

    Example: `bellwether models override 7 --because "the law forbids the old feature"`
    """
    from warehouse.errors import BellwetherError
    from warehouse.registry import person
    from warehouse.retraining import find
    from warehouse.retraining import override as promote_against_the_gate

    with _connection() as connection:
        found = find(connection, attempt)
        if found is None:
            raise BellwetherError(
                f"There is no attempt {attempt}.", "ml.retraining", "see `bellwether models attempts`"
            )
        promote_against_the_gate(connection, found, person(because))
    typer.echo(f"{found.shadow_model_version} is in production, against the gate.")


def _stages(stages: list[Any]) -> None:
    rows = [
        [
            one.version,
            one.stage,
            f"{one.valid_from:%Y-%m-%d %H:%M:%S}",
            "now" if one.valid_to is None else f"{one.valid_to:%Y-%m-%d %H:%M:%S}",
            one.decided_by,
            one.reason,
        ]
        for one in stages
    ]
    _table(["version", "stage", "from", "to", "decided by", "reason"], rows)


def _table(header: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(*header)
    for row in rows:
        grid.add_row(*row)
    Console().print(grid)


def _number(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.4f}"


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.MODEL) as connection:
        yield connection
