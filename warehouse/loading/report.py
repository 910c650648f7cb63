"""Results of a load, for users and for later steps. Plain values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class BatchResult:
    """Result of one file.

    Parameters
    ----------
    batch_id
        Row of `source.load_batch`; None for a file that was loaded before.
    """

    batch_id: int | None
    file_name: str
    target: str
    status: Literal["loaded", "skipped"]
    rows_read: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_quarantined: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadReport:
    """Result of a load.

    Parameters
    ----------
    months_changed
        Snapshot months whose build is out of date because of this load.
    """

    batches: tuple[BatchResult, ...]
    months_changed: tuple[date, ...]

    @property
    def rows(self) -> int:
        """Rows added to the raw tables."""
        return sum(batch.rows_loaded for batch in self.batches)

    @property
    def rows_quarantined(self) -> int:
        """Rows that went to quarantine."""
        return sum(batch.rows_quarantined for batch in self.batches)


@dataclass(frozen=True)
class LoadProgress:
    """Progress of a load.

    Parameters
    ----------
    stage
        `reading` (file by file, into load buffers) or `writing` (into the raw tables).
    done_bytes, total_bytes
        Size of the files read so far and of all files to read.
    """

    stage: Literal["reading", "writing"]
    file_name: str
    file_index: int
    file_count: int
    rows: int
    done_bytes: int
    total_bytes: int


ProgressCallback = Callable[[LoadProgress], None]
