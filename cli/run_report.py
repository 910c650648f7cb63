"""The summary at the end of a run, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from dagster_app.lib.runs.summary import RunSummary, TargetScores

NEXT = (
    ("bellwether explain CUSTOMER", "a customer's risk, reasons and history"),
    ("bellwether ui", "asset graph, checks, runs: http://127.0.0.1:3000"),
    ("bellwether docs", "tables, Data Docs, model card: http://127.0.0.1:8090"),
    ("bellwether db psql", "SQL: select * from analytics.retention_list"),
    ("bellwether quarantine list", "rows that could not be loaded, with reasons"),
)


def show_summary(summary: RunSummary, seconds: float) -> None:
    """Print the results of the run, the quality of the model, and further commands."""
    console = Console()
    title = f"{summary.company}{' (simulated)' if summary.is_simulated else ''}"
    if summary.is_unchanged:
        console.print("Up to date: no file, code or setting has changed since the last run.")
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in _figures(summary):
        table.add_row(name, value)
    table.add_row("took", f"{seconds:.0f} s")
    console.print(table)
    if summary.quality:
        console.print(_quality(summary))
    commands = Table(title="next commands", show_header=False, box=None, title_justify="left")
    for command, label in NEXT:
        commands.add_row(f"[cyan]{command}[/cyan]", label)
    console.print(commands)


def _figures(summary: RunSummary) -> list[tuple[str, str]]:
    scores = [figure for item in summary.scores for figure in _scores(summary, item)]
    checks = f"{summary.checks_passed} / {summary.checks_warned} / {summary.checks_failed}"
    return [
        *(scores or [("customers scored", "none")]),
        ("production version", summary.model_version or "none: too few labels"),
        ("messages classified / unknown", f"{summary.messages_read:,} / {summary.messages_unknown:,}"),
        ("checks passed / warned / failed", checks),
        ("rows in quarantine", f"{summary.quarantined:,}"),
        ("alerts sent", f"{summary.alerts_sent:,}"),
    ]


def _scores(summary: RunSummary, item: TargetScores) -> list[tuple[str, str]]:
    """Figures of one target, with its name if there are several."""
    of = "" if len(summary.scores) == 1 else f"{item.target_name}: "
    value = "-" if item.value_at_risk is None else f"{item.value_at_risk:,.0f} {item.currency}"
    return [
        (f"{of}customers scored", f"{item.scored:,} as of {item.as_of_date} ({summary.scored_months} months in total)"),
        (f"{of}high risk (at or above the target's threshold)", f"{item.high_risk:,}"),
        (f"{of}revenue at risk, expected", value),
    ]


def _quality(summary: RunSummary) -> Table:
    kind = {item.evaluation_kind for item in summary.quality}
    table = Table(title=f"quality on held-out rows ({', '.join(sorted(kind)) or 'none'})", title_justify="left")
    table.add_column("subject")
    table.add_column("ROC AUC", justify="right")
    table.add_column("ECE", justify="right")
    for item in summary.quality:
        error = "-" if item.calibration_error is None else f"{item.calibration_error:.3f}"
        of = "" if len({each.model_name for each in summary.quality}) == 1 else f"{item.model_name}: "
        table.add_row(of + item.subject.replace("_", " "), f"{item.auc_roc:.3f}", error)
    return table
