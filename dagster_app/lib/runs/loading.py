"""Call the loader and turn its report into what the asset graph shows.

Loading itself belongs to `warehouse.loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from dagster_app.lib.runs.partitions import month_key
from warehouse.connection import Warehouse
from warehouse.loading import load_package
from warehouse.loading.report import LoadProgress, LoadReport
from warehouse.packages import DataPackage


@dataclass(frozen=True)
class Loaded:
    """A load's report, with the shapes Dagster asks for."""

    report: LoadReport

    @property
    def months(self) -> list[date]:
        """Snapshot months the load changed."""
        return sorted(self.report.months_changed)

    def metadata(self, table: str | None = None) -> dict[str, Any]:
        """Rows of one raw table, or of the whole load."""
        batches = [batch for batch in self.report.batches if table in (None, batch.target)]
        return {
            "files": len(batches),
            "rows_loaded": sum(batch.rows_loaded for batch in batches),
            "rows_unchanged": sum(batch.rows_unchanged for batch in batches),
            "rows_quarantined": sum(batch.rows_quarantined for batch in batches),
        }


def load(
    warehouse: Warehouse,
    package: str,
    files: Mapping[str, str],
    report: Callable[[str, int, int | None, str], None],
) -> Loaded:
    """Read and load one data package, reporting bytes as they pass."""

    def forward(step: LoadProgress) -> None:
        report("loading", step.done_bytes, step.total_bytes, f"{step.stage} {step.file_name}")

    read = DataPackage.read(Path(package), {name: Path(path) for name, path in files.items()})
    return Loaded(load_package(warehouse, read, progress=forward))


def materializations(loaded: Loaded, key: dg.AssetKey) -> Iterator[dg.AssetMaterialization]:
    """One event for each snapshot month that changed."""
    for month in loaded.months:
        yield dg.AssetMaterialization(key, partition=month_key(month))
