"""The hash of a training set: sha256 of its canonical rows.

Belongs here: the canonical byte form. Does not: choosing rows (splits) or types (frames).
"""

import hashlib

import numpy as np
import pandas as pd


def data_hash(frame: pd.DataFrame) -> str:
    """Return the sha256 of a canonical training frame as 64 hexadecimal digits.

    Notes
    -----
    Rows in canonical order, columns in order with their names; numbers as little-endian float64 with one NaN and
    one zero, instants as nanoseconds since 1970 UTC, texts as UTF-8 with their length, missing text as length -1.
    The hash depends neither on the order of the caller's rows, nor on integer or float columns, nor on the machine.
    """
    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(f"{name}:{len(frame)};".encode())
        digest.update(_column_bytes(frame[name]))
    return digest.hexdigest()


def _column_bytes(column: pd.Series) -> bytes:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _nanoseconds(column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy())
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return _nanoseconds(column.to_numpy())
    if column.dtype != object:
        numbers = column.to_numpy("float64") + 0.0  # -0.0 + 0.0 is 0.0
        return np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes()
    return b"".join(_text_bytes(value) for value in column)


def _nanoseconds(instants: np.ndarray) -> bytes:
    return instants.astype("datetime64[ns]").astype("<i8").tobytes()


def _text_bytes(value: object) -> bytes:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return b"-1;"
    text = str(value).encode()
    return b"%d;%b" % (len(text), text)
