"""The table of results as Markdown: each figure beside its peers, as seconds and as a ratio."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version

import psutil

from bench.measuring import Measurement

LIBRARIES = ("duckdb", "lightgbm", "pandas", "polars", "shap")
HEADINGS = ("customers", "what", "who", "rows", "seconds", "rows/s", "peak MB", "time, ours = 1")


def results(measured: Sequence[Measurement], repeat: int, load: float) -> str:
    """Write the page.

    Parameters
    ----------
    measured : sequence of Measurement
        In the order in which they are to stand.
    repeat : int
        Runs behind each median.
    load : float
        Load average of the machine when measuring began.
    """
    lines = [
        "# Results",
        "",
        f"Written by `python -m bench`; medians of {repeat} runs, whole runs measured once. How to read it: README.md.",
        "",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GB; load average at the start {load:.1f}. "
        + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        + "."
        + (
            " The machine was busy with other work: ours, the peers and all ratios suffered by chance."
            if load > 1
            else ""
        ),
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(_row(one, measured) for one in measured), "", *_parts(measured)]) + "\n"


def _row(one: Measurement, measured: Sequence[Measurement]) -> str:
    cells = [
        f"{one.customers:,}",
        one.what,
        one.who,
        f"{one.rows:,}",
        f"{one.seconds:,.2f}",
        f"{one.rows / one.seconds:,.0f}",
        f"{one.peak_mb:,.0f}" if one.peak_mb else "",
        _ratio(one, measured),
    ]
    return "| " + " | ".join(cells) + " |"


def _ratio(one: Measurement, measured: Sequence[Measurement]) -> str:
    """Time per row beside ours at the same size."""
    alike = [
        other for other in measured if (other.what, other.customers, other.who) == (one.what, one.customers, "ours")
    ]
    if one.who == "ours" or not alike:
        return ""
    return f"{(one.seconds / one.rows) / (alike[0].seconds / alike[0].rows):.2f}"


def _parts(measured: Sequence[Measurement]) -> list[str]:
    """Name parts of what was measured, the five longest of each."""
    lines = []
    for one in measured:
        longest = sorted(one.parts.items(), key=lambda part: -part[1])[:5]
        if longest:
            named = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in longest)
            lines.append(f"- {one.what}, {one.customers:,} customers, of {one.seconds:.2f} s: {named}")
    return lines
