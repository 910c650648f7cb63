"""Validation results on disk: the latest of each suite and month, for Data Docs.

What belongs here: where they lie and how they are written whole. What does not: the history of outcomes
(`monitoring.check_result`).
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.connection import Warehouse

WHOLE_TABLE = "all"


def results_folder(warehouse: Warehouse) -> Path:
    """Return the folder of a company's validation results."""
    return warehouse.settings.home / "expectations" / warehouse.company


def store_result(warehouse: Warehouse, name: str, partition_key: str | None, result: Any) -> Path:
    """Write the latest validation result of a suite and month; readers never see half a file."""
    folder = results_folder(warehouse) / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{partition_key or WHOLE_TABLE}.json"
    descriptor, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(result.to_json_dict(), file, ensure_ascii=False)
    os.replace(temporary, path)  # noqa: PTH105 - both paths may be of the same os call, atomically
    return path


def stored_results(warehouse: Warehouse) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (suite, month or `all`, result) of every stored result, in the order of names and months."""
    for path in sorted(results_folder(warehouse).glob("*/*.json")):
        yield path.parent.name, path.stem, json.loads(path.read_text(encoding="utf-8"))
