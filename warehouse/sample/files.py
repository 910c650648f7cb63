"""Files with the same bytes every time: Parquet in row groups, gzipped CSV without a time stamp."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow.parquet as pq

_COMPRESSION_LEVEL = 1


class PackageFiles:
    """Open files of a package; Parquet files grow by a row group per block.

    Parameters
    ----------
    folder : Path
        Package folder; sub-folders are made as needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def append(self, name: str, table: pl.DataFrame) -> None:
        """Add a row group to a Parquet file; an empty table only makes sure that the file exists."""
        rows = table.to_arrow(compat_level=pl.CompatLevel.oldest())
        if name not in self._writers:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = pq.ParquetWriter(
                path,
                rows.schema,
                compression="zstd",
                compression_level=_COMPRESSION_LEVEL,
                use_dictionary=False,
                write_statistics=False,
                store_schema=False,
            )
        if table.height:
            self._writers[name].write_table(rows, row_group_size=table.height)
        self.rows[name] = self.rows.get(name, 0) + table.height

    def write_csv(self, name: str, parts: list[pl.DataFrame]) -> None:
        """Write a CSV file; gzipped when the name ends in ``.gz``."""
        table = pl.concat(parts)
        content = table.write_csv().encode()
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, compresslevel=6, mtime=0) if name.endswith(".gz") else content)
        self.rows[name] = table.height
