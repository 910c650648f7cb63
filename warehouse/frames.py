"""Frames in and out of PostgreSQL.

Out of scope: the meaning of the queries; the input schemas of the models (`ml.frames`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from psycopg import sql

Parameters = Sequence[Any] | Mapping[str, Any] | None

_INTEGER_OIDS = {20, 21, 23}
_FLOAT_OIDS = {700, 701, 1700}
_BOOLEAN_OID = 16
_INSTANT_OID = 1184


def read_frame(connection: psycopg.Connection, query: str | sql.Composable, params: Parameters = None) -> pd.DataFrame:
    """All rows of a query.

    Parameters
    ----------
    connection
        Open connection.
    query
        Statement that returns rows.
    params
        Values of its parameters.

    Returns
    -------
    DataFrame of shape (rows, columns of the query)
        Integers are int64 (float64 where a value is NULL), real and numeric float64 with NaN for NULL,
        timestamptz datetime64[us, UTC]; boolean bool (object with None where a value is NULL); date, text,
        json and arrays are objects: `datetime.date`, str, dict or list, and None.
    """
    with connection.cursor(binary=True) as cursor:
        cursor.execute(query, params)  # type: ignore[arg-type]
        return _frame(cursor.fetchall(), cursor.description or [])


def iter_frames(
    connection: psycopg.Connection,
    query: str | sql.Composable,
    params: Parameters = None,
    *,
    chunk_rows: int,
) -> Iterator[pd.DataFrame]:
    """Rows of a query in chunks through a server-side cursor: memory is bounded by the chunk.

    Parameters
    ----------
    connection
        Open connection, not in autocommit; the cursor needs its transaction.
    query, params
        As for `read_frame`.
    chunk_rows
        Rows per frame.

    Yields
    ------
    DataFrame of shape (up to chunk_rows, columns of the query)
        Typed as in `read_frame`; nothing is yielded for no rows.
    """
    with connection.cursor(name="bellwether_frames", binary=True) as cursor:
        cursor.execute(query, params)  # type: ignore[arg-type]
        while rows := cursor.fetchmany(chunk_rows):
            yield _frame(rows, cursor.description or [])


def _frame(rows: list[tuple[Any, ...]], description: Sequence[psycopg.Column]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(description)
    series = [_series(values, column.type_code) for values, column in zip(columns, description, strict=True)]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame(index=range(len(rows)))
    frame.columns = pd.Index([column.name for column in description])
    return frame


def _series(values: Sequence[Any], oid: int) -> pd.Series[Any]:
    """Build one column with the type of its PostgreSQL column, independent of its values."""
    if oid in _INTEGER_OIDS:
        return pd.Series(values, dtype="float64" if None in values else "int64")
    if oid in _FLOAT_OIDS:
        return pd.Series([None if value is None else float(value) for value in values], dtype="float64")
    if oid == _BOOLEAN_OID and None not in values:
        return pd.Series(values, dtype="bool")
    if oid == _INSTANT_OID:
        return pd.Series(pd.to_datetime(list(values), utc=True)).astype("datetime64[us, UTC]")
    return pd.Series(values, dtype="object")


def copy_frame(
    connection: psycopg.Connection, frame: pd.DataFrame, table: str, columns: Sequence[str] | None = None
) -> int:
    """Append a frame to a table by COPY.

    Parameters
    ----------
    connection
        Open connection; the caller commits.
    frame
        Rows to append. None, NaN and NaT become NULL; lists and arrays become PostgreSQL arrays, dicts json.
    table
        Name, with its schema before a dot if it needs one.
    columns
        Columns to write, of the same names in frame and table; None: all of the frame.

    Returns
    -------
    int
        Rows written.
    """
    names = list(columns) if columns is not None else [str(name) for name in frame.columns]
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    arrays = [_writable(frame[name]) for name in names]
    content = pa.table(arrays, names=names)
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for batch in content.to_batches(max_chunksize=50_000):
                sink = pa.BufferOutputStream()
                pa_csv.write_csv(batch, sink, pa_csv.WriteOptions(include_header=False))
                copy.write(sink.getvalue().to_pybytes())
        return cursor.rowcount


def _writable(series: pd.Series[Any]) -> pa.Array:
    """Make a column Arrow's, its nested values written in PostgreSQL's own text form."""
    first = next((value for value in series if not _is_null(value)), None) if series.dtype == object else None
    if isinstance(first, dict):
        texts = [None if _is_null(value) else orjson.dumps(value).decode() for value in series]
        return pa.array(texts, pa.string())
    if hasattr(first, "__len__") and not isinstance(first, str | bytes):
        return _array_literals([None if _is_null(value) else list(value) for value in series])
    return pa.Array.from_pandas(series)


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _array_literals(lists: list[list[Any] | None]) -> pa.Array:
    """Write lists as PostgreSQL array literals: `{1,2}`, `{"a","b"}`, NULL elements kept."""
    nested = pa.array(lists, from_pandas=True)
    flat = nested.values
    texts = flat.cast(pa.string())
    if not (pa.types.is_integer(flat.type) or pa.types.is_floating(flat.type) or pa.types.is_null(flat.type)):
        escaped = pc.replace_substring(pc.replace_substring(texts, "\\", "\\\\"), '"', '\\"')
        texts = pc.binary_join_element_wise('"', escaped, '"', "")
    offsets, filled = nested.offsets, pc.fill_null(texts, "NULL")
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, filled, mask=nested.is_null()), ",")
    return pc.binary_join_element_wise("{", joined, "}", "")
