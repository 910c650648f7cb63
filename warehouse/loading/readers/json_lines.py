"""JSON lines: one object a line; nested values stay JSON text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
import polars as pl

from warehouse.loading.readers.chunk import CHUNK_ROWS, LINE, RAW_LINE, Chunk, Reject, SourceFile
from warehouse.loading.readers.text_stream import TextStream


class JsonLinesReader:
    """One file of JSON objects, a line each. Blank lines are skipped."""

    has_fixed_columns = False

    def __init__(self, source: SourceFile) -> None:
        self._stream = io.BufferedReader(TextStream(source), 1 << 20)
        self._lines = enumerate(self._stream, start=1)
        self._first = self._read_chunk()
        self.columns = tuple(name for name in self._first.frame.columns if name != LINE)

    def chunks(self) -> Iterator[Chunk]:
        """Yield at most `CHUNK_ROWS` lines at a time."""
        chunk = self._first
        while chunk.frame.height or chunk.rejects:
            yield chunk
            chunk = self._read_chunk()

    def _read_chunk(self) -> Chunk:
        rows: list[dict[str, Any]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        for number, line in islice(self._lines, CHUNK_ROWS):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                rejects.append(_reject(number, f"not JSON: {error.msg} at character {error.pos}", line))
                continue
            if not isinstance(value, dict):
                rejects.append(_reject(number, "not a JSON object; write one object a line", line))
                continue
            rows.append(value)
            numbers.append(number)
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns: dict[str, list[Any]] = {name: [_as_text(row.get(name)) for row in rows] for name in names}
        schema = {**dict.fromkeys(names, pl.String), LINE: pl.Int64}
        return Chunk(pl.DataFrame({**columns, LINE: numbers}, schema=schema), rejects)


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _reject(number: int, reason: str, line: bytes) -> Reject:
    text = line.decode("utf-8", errors="replace").rstrip("\r\n")
    return Reject(number, "not_json", reason, {RAW_LINE: text})
