"""Validation results on disk: the latest of each suite and month, for Data Docs.

Belongs here: their folder, and complete writes. Out of scope: the history of outcomes
(`monitoring.check_result`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse.private_files import write_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.connection import Warehouse

WHOLE_TABLE = "all"


def results_folder(warehouse: Warehouse) -> Path:
    """Return the folder of a company's validation results."""
    return warehouse.folders.check_results


def store_result(warehouse: Warehouse, name: str, partition_key: str | None, result: Any) -> Path:
    """Write the latest validation result of a suite and month; readers never see an incomplete file."""
    path = results_folder(warehouse) / name / f"{partition_key or WHOLE_TABLE}.json"
    write_file(path, json.dumps(result.to_json_dict(), ensure_ascii=False))
    return path


def stored_results(warehouse: Warehouse) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (suite, month or `all`, result) of every stored result, sorted by name and month."""
    for path in sorted(results_folder(warehouse).glob("*/*.json")):
        yield path.parent.name, path.stem, json.loads(path.read_text(encoding="utf-8"))
