"""CSV files, streamed in blocks by Arrow; every value is text."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl
import pyarrow as pa
import pyarrow.csv as pc

from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers.chunk import LINE, Chunk, SourceFile
from warehouse.loading.readers.line_numbers import InvalidRecord, LineNumbers
from warehouse.loading.readers.text_stream import TextStream

_BLOCK_BYTES = 8 << 20
_OTHER_DELIMITERS = (",", ";", "\t", "|")


class DelimitedReader:
    """One CSV file with a header line.

    Lines count from 1, the header included, also if quoted values contain line breaks.

    Raises
    ------
    FileRefusedError
        No header, duplicate column names, unclosed quotes.
    """

    has_fixed_columns = True

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._invalid: list[InvalidRecord] = []
        self._text = TextStream(source)
        self._stream = io.BufferedReader(self._text, 1 << 20)
        header = self._peek_header()
        try:
            self._reader = pc.open_csv(
                self._stream,
                read_options=pc.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
                parse_options=pc.ParseOptions(
                    delimiter=source.entry.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=self._remember_invalid,
                ),
                convert_options=pc.ConvertOptions(
                    column_types={name: pa.string() for name in header},
                    strings_can_be_null=True,
                    null_values=[""],
                    quoted_strings_can_be_null=True,
                ),
            )
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise self._refused(error) from error
        self.columns = tuple(self._reader.schema.names)
        doubled = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if doubled:
            raise FileRefusedError(
                source.name, "the header names this column twice; rename one", line=1, column=doubled[0]
            )

    def chunks(self) -> Iterator[Chunk]:
        """Yield blocks of about 8 MB."""
        lines = LineNumbers()
        last = pl.DataFrame()
        while True:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                break
            except pa.ArrowInvalid as error:
                raise self._refused(error) from error
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            numbers, rejects = lines.of_block(frame, self._invalid)
            last = frame.with_columns(numbers).tail(1) if frame.height else last
            yield Chunk(_without_blank_lines(frame.with_columns(numbers)), rejects)
        self._refuse_open_quote(last)
        rejects = lines.rest(self._invalid)
        if rejects:
            schema = {**dict.fromkeys(self.columns, pl.String), LINE: pl.Int64}
            yield Chunk(pl.DataFrame(schema=schema), rejects)

    def _peek_header(self) -> list[str]:
        head = self._stream.peek(_BLOCK_BYTES).split(b"\n", 1)[0].decode(errors="replace").strip("\r")
        if not head.strip():
            raise FileRefusedError(self._source.name, "the file is empty: its first line must name the columns", line=1)
        delimiter = self._source.entry.delimiter
        likely = [other for other in _OTHER_DELIMITERS if other != delimiter and other in head]
        if delimiter not in head and likely:
            raise FileRefusedError(
                self._source.name,
                f"the header has no {delimiter!r}; state `delimiter: {likely[0]!r}` in package.yml",
                line=1,
            )
        return [name.strip('"') for name in head.split(delimiter)]

    def _remember_invalid(self, row: pc.InvalidRow) -> str:
        record = InvalidRecord(row.number, row.expected_columns, row.actual_columns, row.text)
        self._invalid.append(record)
        return "skip"

    def _refuse_open_quote(self, last: pl.DataFrame) -> None:
        """Refuse a file whose last value starts with a quote that is never closed."""
        values = [value for name in self.columns for value in last[name]] if last.height else []
        if self._text.quotes % 2 and any("\n" in value for value in values if value):
            raise FileRefusedError(
                self._source.name,
                "a quoted value that starts here is never closed; close the quote",
                line=int(last[LINE][0]),
            )

    def _refused(self, error: Exception) -> FileRefusedError:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, FileRefusedError):
            return cause
        return FileRefusedError(
            self._source.name, f"not readable as CSV ({error}); check quotes, delimiter and encoding"
        )


def _without_blank_lines(frame: pl.DataFrame) -> pl.DataFrame:
    blank = pl.all_horizontal(pl.all().exclude(LINE).is_null())
    return frame.filter(~blank)
