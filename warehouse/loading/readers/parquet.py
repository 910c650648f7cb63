"""Parquet files, streamed by row group; values keep their types."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers.chunk import CHUNK_ROWS, LINE, Chunk, SourceFile


class ParquetReader:
    """One Parquet file; its rows count from 1."""

    has_fixed_columns = True

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        if source.path.stat().st_size == 0:
            raise FileRefusedError(source.name, "the file is empty; write it again")
        try:
            self._file = pq.ParquetFile(source.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._refused(error) from error
        self.columns = tuple(self._file.schema_arrow.names)

    def chunks(self) -> Iterator[Chunk]:
        """Yield batches of at most `CHUNK_ROWS` rows."""
        seen = 0
        try:
            for batch in self._file.iter_batches(batch_size=CHUNK_ROWS):
                frame = pl.DataFrame(pa.Table.from_batches([batch]))
                lines = pl.int_range(seen + 1, seen + 1 + frame.height, dtype=pl.Int64, eager=True)
                yield Chunk(frame.with_columns(lines.alias(LINE)))
                seen += frame.height
        except (pa.ArrowInvalid, OSError) as error:
            raise self._refused(error, seen + 1) from error

    def _refused(self, error: Exception, line: int | None = None) -> FileRefusedError:
        return FileRefusedError(
            self._source.name,
            f"not a complete Parquet file ({error}); the file may be incomplete: copy it again",
            line=line,
        )
