"""Delivery faults: each changes the files that it names and nothing else.

Draws come from a stream of their own, so that a fault never moves the simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from warehouse.sample.options import DeliveryFault, SampleOptions
from warehouse.sample.timeline import HISTORY_MONTHS, Stream, Timeline, random_stream

DUPLICATE_SHARE = 0.02
BROKEN_SHARE = 0.01
CORRECTED_SHARE = 0.05
#: Days after the cut-off: a correction that still counts for its month, one that comes too late,
#: and a complete file that arrives too late.
SOON_DAYS, LATE_DAYS, LATE_FILE_DAYS = 4, 41, 20

_BREAKAGES = (
    pl.col("interaction_history").str.slice(0, 60),
    pl.col("interaction_history").str.replace(
        '"interactions":[', '"interactions":[{"is_voc":"yes"}],"lost":[', literal=True
    ),
    pl.col("interaction_history").str.replace('"works":[', '"works":{"lost":[', literal=True) + "}",
)


@dataclass(frozen=True)
class DeliveredFile:
    """A part of a snapshot month as a file of its own; ``known_at`` None means the cut-off."""

    name: str
    rows: pl.DataFrame
    known_at: str | None = None


@dataclass(frozen=True)
class FaultPlan:
    """Which months the faults touch."""

    options: SampleOptions
    timeline: Timeline

    def month_of(self, fault: DeliveryFault) -> int:
        """Choose the simulated month that a fault touches, spread over the snapshot months.

        The missing month is never one whose file or corrections come late: what is missing has neither.
        """
        months = self.options.months
        place = {
            DeliveryFault.DUPLICATES: months // 2,
            DeliveryFault.BROKEN_DOCUMENTS: months // 3,
            DeliveryFault.MISSING_MONTHS: (2 * months) // 3,
            DeliveryFault.LATE_FILES: months - 2,
            DeliveryFault.LATE_CORRECTIONS: months - 3,
        }[fault]
        if fault is DeliveryFault.MISSING_MONTHS and months - 3 <= place <= months - 2:
            place = months - 4
        return HISTORY_MONTHS + place

    def touches(self, fault: DeliveryFault, month: int) -> bool:
        """Whether a fault is switched on and touches this month."""
        return fault in self.options.faults and month == self.month_of(fault)

    def deliveries(self, month: int, block: int, rows: pl.DataFrame) -> list[DeliveredFile]:
        """Files that carry a block's snapshot of a month; none for a month that is missing."""
        label = self.timeline.label(month)
        name = f"user_monthly_features_{label}.parquet"
        if self.touches(DeliveryFault.MISSING_MONTHS, month):
            return []
        uniform = random_stream(self.options.seed, Stream.FAULT, block, month).random((3, rows.height))
        corrections = self._corrections(month, label, rows, uniform[0])
        if self.touches(DeliveryFault.DUPLICATES, month):
            rows = pl.concat([rows, rows.filter(pl.Series(uniform[1] < DUPLICATE_SHARE))])
        if self.touches(DeliveryFault.BROKEN_DOCUMENTS, month):
            rows = _break_documents(rows, uniform[2])
        if self.touches(DeliveryFault.LATE_FILES, month):
            return [DeliveredFile(f"late/{name}", rows, self._known_at(month, LATE_FILE_DAYS)), *corrections]
        return [DeliveredFile(f"snapshots/{name}", rows), *corrections]

    def extra_entries(self) -> list[tuple[str, str]]:
        """Files outside ``snapshots/`` with their ``known_at``, for package.yml."""
        entries = []
        for fault, folder, days in (
            (DeliveryFault.LATE_FILES, "late", LATE_FILE_DAYS),
            (DeliveryFault.LATE_CORRECTIONS, "corrections_soon", SOON_DAYS),
            (DeliveryFault.LATE_CORRECTIONS, "corrections_late", LATE_DAYS),
        ):
            if fault in self.options.faults:
                month = self.month_of(fault)
                label = self.timeline.label(month)
                entries.append((f"{folder}/user_monthly_features_{label}.parquet", self._known_at(month, days)))
        return entries

    def _corrections(
        self, month: int, label: str, rows: pl.DataFrame, uniform: np.ndarray[tuple[int], np.dtype[np.float64]]
    ) -> list[DeliveredFile]:
        """Visits first reported as cancelled were confirmed."""
        if not self.touches(DeliveryFault.LATE_CORRECTIONS, month):
            return []
        corrected = rows.with_columns(
            pl.col("interaction_history").str.replace_all('"status":"cancelled"', '"status":"confirmed"')
        )
        is_changed = corrected["interaction_history"] != rows["interaction_history"]
        name = f"user_monthly_features_{label}.parquet"
        early = is_changed & pl.Series(uniform < CORRECTED_SHARE * 5)
        late = is_changed & pl.Series((uniform >= CORRECTED_SHARE * 5) & (uniform < CORRECTED_SHARE * 10))
        return [
            DeliveredFile(f"corrections_soon/{name}", corrected.filter(early), self._known_at(month, SOON_DAYS)),
            DeliveredFile(f"corrections_late/{name}", corrected.filter(late), self._known_at(month, LATE_DAYS)),
        ]

    def _known_at(self, month: int, days: int) -> str:
        return self.timeline.instant(month + 1, 1 + days, 9)


def _break_documents(rows: pl.DataFrame, uniform: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pl.DataFrame:
    """Truncate, falsify or misshape a document of some rows, in equal parts."""
    which = np.where(uniform < BROKEN_SHARE, np.floor(uniform / BROKEN_SHARE * len(_BREAKAGES)), -1)
    marked = rows.with_columns(pl.Series("_breakage", which))
    document = pl.col("interaction_history")
    for index, breakage in enumerate(_BREAKAGES):
        document = pl.when(pl.col("_breakage") == index).then(breakage).otherwise(document)
    return marked.with_columns(document.alias("interaction_history")).drop("_breakage")
