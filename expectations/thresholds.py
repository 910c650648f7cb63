"""Thresholds of the checks, read from `thresholds.yml`.

Belongs here: finding the threshold of a table. Out of scope: the numbers.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

Figure = Literal[
    "row_count_min", "volume_change_ratio", "mean_shift_deviations", "filled_ratio_min", "mean_min", "mean_max",
    "freshness_days",
]  # fmt: skip
EVERY_RELATION = "*"


class Threshold(BaseModel):
    """One threshold with its owner.

    Parameters
    ----------
    relation
        `schema.name`, or `*` for every table without its own line.
    figure
        What is measured.
    column
        Of which column, where the figure is of one.
    value
        The bound.
    severity
        `error` blocks where the suite blocks, `warn` never does.
    source, owner, date
        Source of the number, owner, and date from which it applies.
    action
        What to do when it is crossed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    relation: str
    figure: Figure
    column: str | None = None
    value: float
    severity: Literal["error", "warn"] = "warn"
    source: str
    owner: str
    date: date
    action: str


@cache
def all_thresholds() -> tuple[Threshold, ...]:
    """Read and validate every threshold.

    Raises
    ------
    ValueError
        Two lines for one figure of one table.
    """
    lines = yaml.safe_load((Path(__file__).parent / "thresholds.yml").read_text(encoding="utf-8"))["thresholds"]
    thresholds = tuple(Threshold(**line) for line in lines)
    seen: set[tuple[str, str, str | None]] = set()
    for one in thresholds:
        place = (one.relation, one.figure, one.column)
        if place in seen:
            raise ValueError(f"thresholds.yml has two lines for {place}: keep one")
        seen.add(place)
    return thresholds


def of_relation(relation: str, figure: Figure) -> list[Threshold]:
    """Return the lines for a figure of a relation, one per column; its own lines before those for every table."""
    lines = [one for one in all_thresholds() if one.figure == figure]
    own = [one for one in lines if one.relation == relation]
    return own or [one for one in lines if one.relation == EVERY_RELATION]


def one_of_relation(relation: str, figure: Figure) -> Threshold:
    """Return the line for a figure that is not of a column.

    Raises
    ------
    LookupError
        There is none, not even for all tables.
    """
    lines = of_relation(relation, figure)
    if not lines:
        raise LookupError(f"thresholds.yml has no line for figure {figure} of {relation}: add one")
    return lines[0]
