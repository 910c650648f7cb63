"""Show the progress of a run: step, detail, time spent, time left.

Only the display belongs here; progress is reported by `dagster_app.lib.runs.progress`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from dagster_app.lib.runs.progress import Progress as Report

STEPS = {
    "sample": (3, "simulate the company"),
    "loading": (12, "load files"),
    "foundation": (8, "build staging"),
    "monthly": (27, "build features"),
    "outcomes": (6, "derive outcomes"),
    "training": (24, "train and evaluate the model"),
    "scoring": (4, "score customers"),
    "categories": (10, "train the message model"),
    "messages": (6, "classify messages"),
    "recommendations": (5, "recommend offers"),
    "marts": (10, "build marts"),
    "publish_pages": (6, "publish pages"),
}
"""Weight of each step in the run, measured on the sample company, and its display name."""


class RunDisplay:
    """One bar for the run, and a line for each finished step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("start", total=sum(weight for weight, _ in STEPS.values()))
        self._current = ""
        self._began = time.monotonic()

    def show(self, report: Report) -> None:
        """Show one report; steps without a weight are ignored."""
        if report.step not in STEPS:
            return
        if report.step != self._current:
            self.finish_step()
            self._current, self._began = report.step, time.monotonic()
        weight, label = STEPS[report.step]
        share = min(report.done / report.total, 1.0) if report.total else 0.0
        names = list(STEPS)
        before = sum(STEPS[name][0] for name in names[: names.index(report.step)])
        detail = f"{label}: {report.detail}" if report.detail else label
        self._progress.update(self._task, description=detail[:60], completed=before + weight * share)

    def finish_step(self) -> None:
        """Print a line about the finished step."""
        if self._current:
            seconds = time.monotonic() - self._began
            self._progress.console.print(f"  {STEPS[self._current][1]:<28} {seconds:6.1f} s", highlight=False)
            self._current = ""


@contextmanager
def showing_progress() -> Iterator[Callable[[], float]]:
    """Show progress during a block; yields a function that returns the seconds since its start."""
    began = time.monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("spent"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(), transient=True) as bars:
        display = RunDisplay(bars)
        from dagster_app.lib.runs.progress import listening

        with listening(display.show):
            yield lambda: time.monotonic() - began
        display.finish_step()
