"""Which reader opens which format. A new format is one reader and one line here."""

from __future__ import annotations

from warehouse.loading.readers.chunk import FileReader, SourceFile
from warehouse.loading.readers.delimited import DelimitedReader
from warehouse.loading.readers.json_lines import JsonLinesReader
from warehouse.loading.readers.parquet import ParquetReader
from warehouse.packages.definition import FileFormat

_READERS: dict[FileFormat, type[DelimitedReader] | type[ParquetReader] | type[JsonLinesReader]] = {
    "csv": DelimitedReader,
    "jsonl": JsonLinesReader,
    "parquet": ParquetReader,
}


def open_reader(source: SourceFile) -> FileReader:
    """Open one file with the reader of its format.

    Raises
    ------
    FileRefusedError
        The file cannot be understood.
    """
    return _READERS[source.entry.format_of(source.path)](source)
