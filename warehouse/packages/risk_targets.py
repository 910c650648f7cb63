"""Which risk targets a package may name: those of the seed, the one place where targets are defined."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

from warehouse.packages.yaml_positions import Location
from warehouse.settings import project_root


def defined_targets() -> tuple[str, ...]:
    """Return the names of ``seeds/target_definition.csv``, in its order."""
    return tuple(row["target_name"] for row in _definitions())


def documented_target() -> str:
    """Return the target that the documented relations hold: the one meant where nobody names another."""
    return next(row["target_name"] for row in _definitions() if row["is_documented"] == "true")


def documented_model() -> str:
    """Return the name of the documented target's model."""
    return next(row["model_name"] for row in _definitions() if row["is_documented"] == "true")


@cache
def _definitions() -> tuple[dict[str, str], ...]:
    path = project_root() / "dbt_project" / "seeds" / "target_definition.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def risk_target_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    """Undefined targets, and labels of a target that the package does not request."""
    known = ", ".join(defined_targets())
    requested = content.get("targets", list(defined_targets()))
    found: list[tuple[Location, str]] = [
        (("targets", index), f"{name} is not a risk target; seeds/target_definition.csv defines {known}")
        for index, name in enumerate(requested)
        if name not in defined_targets()
    ]
    for index, entry in enumerate(content["files"]):
        mapping = (entry.get("columns") or {}).get("target_name")
        if entry["target"] != "source.outcome_label" or not isinstance(mapping, dict) or "constant" not in mapping:
            continue
        name = mapping["constant"]
        if name not in requested:
            place: Location = ("files", index, "columns", "target_name")
            why = (
                "is not among `targets:`" if name in defined_targets() else f"is not a risk target; defined are {known}"
            )
            found.append((place, f"{name} {why}"))
    return found
