"""The shapes that every reader speaks: the file to read and the chunk it yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from warehouse.packages import FileEntry
from warehouse.packages.definition import LINE

__all__ = ["CHUNK_ROWS", "LINE", "RAW_LINE", "Chunk", "FileReader", "Reject", "SourceFile"]

CHUNK_ROWS = 5_000  # rows in memory at a time
RAW_LINE = "raw_line"  # key of a reject that is not a row: the line as it is in the file


@dataclass(frozen=True)
class SourceFile:
    """One file of an entry.

    Parameters
    ----------
    name
        Name in the load log and in errors: relative to the package, never an absolute path.
    """

    path: Path
    name: str
    entry: FileEntry


@dataclass(frozen=True)
class Reject:
    """One rejected row: line, reason, content."""

    line: int
    code: str
    reason: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file.

    Parameters
    ----------
    frame
        The file's columns as they are (text for CSV and JSON lines, typed for Parquet) and `LINE`.
    rejects
        Lines that are not rows.
    """

    frame: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)


class FileReader(Protocol):
    """An open file."""

    columns: tuple[str, ...]
    has_fixed_columns: bool

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order."""
        ...
