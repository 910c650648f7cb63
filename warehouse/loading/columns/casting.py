"""Values of a file to values of a kind, column by column.

Belongs here: how text and typed values are read. A value that cannot be read becomes NULL; telling
that from an absent value, and saying so, is `validation.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from warehouse.packages.load_target import Kind

_TRUE = ("1", "true", "t", "yes", "y", "1.0")
_FALSE = ("0", "false", "f", "no", "n", "0.0")
_TIMEZONE_AT_END = r"(?i)(?:z|[+-]\d{2}:?\d{2})$"
_TIME = "%Y-%m-%dT%H:%M:%S%.f"


@dataclass(frozen=True)
class Reading:
    """How to read one column.

    Parameters
    ----------
    dtype
        Type of the file's column.
    timezone
        Zone of instants that state none.
    format
        strptime pattern; None reads ISO 8601.
    """

    dtype: pl.DataType
    timezone: str
    format: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether the file's values are text."""
        return self.dtype == pl.String


def cast_to(kind: Kind, value: pl.Expr, reading: Reading) -> pl.Expr:
    """Return `value` as `kind`; NULL where it cannot be read.

    Returns
    -------
    polars.Expr
        text, document, json: String; integer: Int64; number, money: Float64; boolean: Boolean;
        date, month: Date; timestamp: Datetime in UTC.
    """
    return _CASTS[kind](value, reading)


def as_text(value: pl.Expr, reading: Reading) -> pl.Expr:
    """Return a value as text; lists and structures as JSON."""
    if reading.is_text:
        return value
    if isinstance(reading.dtype, pl.Struct):
        return pl.when(value.is_null()).then(None).otherwise(value.struct.json_encode())
    if isinstance(reading.dtype, (pl.List, pl.Array)):
        wrapped = pl.struct(value.alias("v")).struct.json_encode()
        return pl.when(value.is_null()).then(None).otherwise(wrapped.str.slice(5).str.head(-1))
    if reading.dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    return value.cast(pl.String, strict=False)


def _integer(value: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.is_text:
        text = value.str.strip_chars()
        return pl.coalesce(text.cast(pl.Int64, strict=False), _whole(text.cast(pl.Float64, strict=False)))
    if reading.dtype.is_float() or reading.dtype.is_decimal():
        return _whole(value.cast(pl.Float64))
    return value.cast(pl.Int64, strict=False)


def _whole(number: pl.Expr) -> pl.Expr:
    # above 2**53 a float cannot represent every whole number
    is_whole = (number == number.floor()) & (number.abs() <= 2.0**53)
    return pl.when(is_whole).then(number).cast(pl.Int64, strict=False)


def _number(value: pl.Expr, reading: Reading) -> pl.Expr:
    text_or_number = value.str.strip_chars() if reading.is_text else value
    number = text_or_number.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _boolean(value: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.dtype == pl.Boolean:
        return value
    text = as_text(value, reading).str.strip_chars().str.to_lowercase()
    return pl.when(text.is_in(_TRUE)).then(pl.lit(True)).when(text.is_in(_FALSE)).then(pl.lit(False))


def _date(value: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.dtype == pl.Date:
        return value
    if isinstance(reading.dtype, pl.Datetime):
        local = value.dt.convert_time_zone(reading.timezone) if reading.dtype.time_zone else value
        is_midnight = local.dt.time() == pl.time(0, 0, 0)
        return pl.when(is_midnight).then(local.dt.date())
    text = as_text(value, reading).str.strip_chars()
    if reading.format:
        return text.str.to_date(reading.format, strict=False)
    return text.str.replace(r"[T ]00:00:00(\.0+)?$", "").str.to_date("%Y-%m-%d", strict=False)


def _month(value: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.is_text and not reading.format:
        value = value.str.strip_chars().str.replace(r"^(\d{4})-?(\d{2})$", "$1-$2-01")
    day = _date(value, reading)
    return pl.when(day.dt.day() == 1).then(day)


def _timestamp(value: pl.Expr, reading: Reading) -> pl.Expr:
    if isinstance(reading.dtype, pl.Datetime):
        instant = value if reading.dtype.time_zone else _zoned(value, reading)
        return instant.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    if reading.dtype == pl.Date:
        return _zoned(value.cast(pl.Datetime("us")), reading)
    text = as_text(value, reading).str.strip_chars()
    if reading.format:
        if "%z" in reading.format:
            return text.str.to_datetime(reading.format, strict=False, time_zone="UTC", time_unit="us")
        return _zoned(text.str.to_datetime(reading.format, strict=False, time_unit="us"), reading)
    return _iso_instant(text, reading)


def _iso_instant(text: pl.Expr, reading: Reading) -> pl.Expr:
    iso = (
        text.str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00")
        .str.replace(" ", "T", literal=True)
        .str.replace(r"(T\d{2}:\d{2})(?:$|([Z+-].*$))", "${1}:00${2}")
    )
    has_zone = iso.str.contains(_TIMEZONE_AT_END)
    stated = iso.str.replace(r"(?i)z$", "+00:00").str.to_datetime(
        _TIME + "%z", strict=False, time_zone="UTC", time_unit="us"
    )
    naive = iso.str.to_datetime(_TIME, strict=False, time_unit="us")
    return pl.when(has_zone).then(stated).otherwise(_zoned(naive, reading))


def _zoned(naive: pl.Expr, reading: Reading) -> pl.Expr:
    # the hour that a clock change repeats is read as its first occurrence; the skipped hour is not a valid time
    local = naive.dt.cast_time_unit("us").dt.replace_time_zone(
        reading.timezone, ambiguous="earliest", non_existent="null"
    )
    return local.dt.convert_time_zone("UTC")


_CASTS: dict[Kind, Callable[[pl.Expr, Reading], pl.Expr]] = {
    "text": as_text,
    "integer": _integer,
    "number": _number,
    "money": _number,
    "boolean": _boolean,
    "date": _date,
    "month": _month,
    "timestamp": _timestamp,
    "document": as_text,
    "json": as_text,
}
