"""Frames into tables by COPY, sent while the next frame is being made.

Belongs here: the wire: CSV text, the sending thread, rejects stored until the connection is free. What is
sent is decided in `rows.py`.
"""

from __future__ import annotations

from contextlib import ExitStack
from io import BytesIO
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import orjson
import polars as pl
import psycopg
from psycopg import sql
from psycopg.copy import QueuedLibpqWriter

from warehouse.loading.buffer.names import REJECTS
from warehouse.loading.readers.chunk import Reject

_SPOOL_BYTES = 16 << 20
_SEND_BYTES = 1 << 20
_REJECT_COLUMNS = ("batch_id", "line_number", "reason_code", "reason", "row_data")


class FrameCopy:
    """One COPY of many frames of the same columns; nothing is sent if there are no rows.

    Leaving the block with an error ends the COPY without a row.
    """

    def __init__(self, cursor: psycopg.Cursor, table: sql.Identifier) -> None:
        self._cursor, self._table = cursor, table
        self._stack = ExitStack()
        self._copy: psycopg.Copy | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, frame: pl.DataFrame) -> None:
        """Queue a frame for sending."""
        if frame.is_empty():
            return
        if self._copy is None:
            statement = _statement(self._table, frame.columns)
            # a thread sends: the server parses one chunk while the next is read and checked
            writer = QueuedLibpqWriter(self._cursor)
            self._copy = self._stack.enter_context(self._cursor.copy(statement, writer=writer))
        self._copy.write(_csv(frame))


class RejectSpool:
    """Rejects of one file, in memory or on disk until they can be sent."""

    def __init__(self, batch_id: int) -> None:
        self._batch_id = batch_id
        self._file = SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - closed by `send`

    def add(self, rejects: list[Reject]) -> None:
        """Set rejects aside."""
        if not rejects:
            return
        rows = [(self._batch_id, r.line, r.code, printable(r.reason), _row_text(r)) for r in rejects]
        frame = pl.DataFrame(rows, schema=_REJECT_COLUMNS, orient="row", infer_schema_length=None)
        self._file.write(_csv(frame))

    def send(self, cursor: psycopg.Cursor) -> None:
        """Copy them into the session's table of rejects; the spool is then used up."""
        with self._file as file:
            if not file.tell():
                return
            file.seek(0)
            with cursor.copy(_statement(REJECTS, _REJECT_COLUMNS)) as copy:
                while block := file.read(_SEND_BYTES):
                    copy.write(block)


def printable(text: str) -> str:
    """Replace the NUL character, which PostgreSQL cannot keep, by its picture."""
    return text.replace("\x00", "␀")


def _statement(table: sql.Identifier, columns: list[str] | tuple[str, ...]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return sql.SQL("copy {} ({}) from stdin (format csv)").format(table, names)


def _csv(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    # quoted text is text, also when empty; an unquoted nothing is NULL
    frame.write_csv(buffer, include_header=False, quote_style="non_numeric")
    return buffer.getvalue()


def _row_text(reject: Reject) -> str:
    # texts only: a document that spells the NUL as an escape is itself only text here
    return orjson.dumps(_with_printable_texts(reject.row)).decode()


def _with_printable_texts(row: dict[str, object]) -> dict[str, object]:
    return {
        name: printable(value)
        if isinstance(value, str)
        else _with_printable_texts(value)
        if isinstance(value, dict)
        else value
        for name, value in row.items()
    }
