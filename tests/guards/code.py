"""The project's Python source as text, and the rules on its asset graph."""

from __future__ import annotations

import csv
from pathlib import Path

import dagster as dg

from tests.guards.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "dagster_app", "expectations", "ml", "warehouse")
KEY_COLUMNS = {"customer_code", "snapshot_month", "as_of_date", "attributes"}


def python_source() -> str:
    """All Python source and page templates of the packages."""
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def described_features(project: Path) -> set[str]:
    """Names in the feature dictionary."""
    with (project / "seeds" / "feature_dictionary.csv").open(encoding="utf-8", newline="") as file:
        return {row["feature_name"] for row in csv.DictReader(file)}


def definition_problems(definitions: dg.Definitions) -> list[Problem]:
    """Return the dependencies in an asset graph that no asset and no described source provides."""
    graph = definitions.resolve_asset_graph()
    return [
        Problem(
            "dagster_app/defs",
            f"asset {key.to_user_string()} is depended on and nothing provides it",
            "correct the name in `deps`, or declare the asset",
        )
        for key in sorted(graph.get_all_asset_keys(), key=dg.AssetKey.to_user_string)
        if not graph.get(key).is_executable and graph.get(key).description is None
    ]
