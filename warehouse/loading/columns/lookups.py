"""Lookups: a small file, read completely, with codes and their values.

Belongs here: reading them. Where a value is looked up is `mapping.py`.
"""

from __future__ import annotations

import polars as pl

from warehouse.loading.columns.casting import Reading, as_text
from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers import SourceFile, open_reader
from warehouse.packages.definition import FileEntry, LookupDefinition
from warehouse.packages.validation import suggestion


def read_lookup(lookup: LookupDefinition) -> pl.DataFrame:
    """Read a lookup into memory.

    Returns
    -------
    polars.DataFrame
        `code` (text, unique, not NULL) and `value` (text or NULL); the last row of a code counts.

    Raises
    ------
    FileRefusedError
        The file cannot be understood, has a line that is not a row, or lacks one of the two columns.
    """
    entry = FileEntry(lookup.key, lookup.path.name, "", (lookup.path,), ("lookups", lookup.name))
    source = SourceFile(lookup.path, lookup.path.name, entry)
    reader = open_reader(source)
    for name in (lookup.match, lookup.take):
        if name not in reader.columns:
            raise FileRefusedError(
                source.name,
                f"lookup {lookup.name} reads it and the file has no such column; "
                f"{suggestion(name, list(reader.columns))}",
                line=1,
                column=name,
            )
    parts = [pl.DataFrame(schema={"code": pl.String, "value": pl.String})]
    for chunk in reader.chunks():
        if chunk.rejects:
            raise FileRefusedError(
                source.name, f"{chunk.rejects[0].reason}; correct the line", line=chunk.rejects[0].line
            )
        frame = chunk.frame
        parts.append(frame.select(_text(frame, lookup.match, "code"), _text(frame, lookup.take, "value")))
    table = pl.concat(parts).filter(pl.col("code").is_not_null())
    return table.unique("code", keep="last", maintain_order=True)


def _text(frame: pl.DataFrame, column: str, name: str) -> pl.Expr:
    return as_text(pl.col(column), Reading(frame.schema[column], "UTC")).str.strip_chars().alias(name)
