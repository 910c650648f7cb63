"""How values are read: worked examples per kind, the edges of clock changes, and what is no value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.loading.columns.casting import Reading, cast_to
from warehouse.packages.load_target import Kind


def read(kind: Kind, values: list[Any], zone: str = "UTC", pattern: str | None = None, **frame: Any) -> list[Any]:
    series = pl.Series("v", values, **frame)
    expression = cast_to(kind, pl.col("v"), Reading(series.dtype, zone, pattern))
    return series.to_frame().select(expression.alias("v"))["v"].to_list()


def instant(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", " 42 ", 42),
        ("integer", "42.0", 42),
        ("integer", "42.5", None),
        ("integer", "4e1", 40),
        ("integer", "9007199254740993", 9007199254740993),
        ("integer", "12,000", None),
        ("number", "1e3", 1000.0),
        ("number", "nan", None),
        ("number", "inf", None),
        ("number", "", None),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", "2", None),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", "2023-02-29", None),
        ("date", "2024-02-29T00:00:00", date(2024, 2, 29)),
        ("date", "2024-02-29T10:00:00", None),
        ("month", "2024-02", date(2024, 2, 1)),
        ("month", "202402", date(2024, 2, 1)),
        ("month", "2024-02-01", date(2024, 2, 1)),
        ("month", "2024-02-02", None),
        ("timestamp", "2024-01-01T00:00:00Z", instant(2024, 1, 1)),
        ("timestamp", "2024-01-01 09:00:00+09:00", instant(2024, 1, 1)),
        ("timestamp", "2024-01-01T09:00+0900", instant(2024, 1, 1)),
        ("timestamp", "2024-01-01", instant(2024, 1, 1)),
        ("timestamp", "2024-01-01T00:00:00.250", instant(2024, 1, 1, 0, 0, 0, 250_000)),
        ("timestamp", "01/02/2024", None),
    ],
)
def test_text_is_read_as_documented(kind: Kind, text: str, value: Any) -> None:
    assert read(kind, [text, None]) == [value, None]


def test_an_instant_without_zone_is_business_time() -> None:
    assert read("timestamp", ["2024-01-01T00:00:00"], "Asia/Seoul") == [instant(2023, 12, 31, 15)]


def test_clock_changes_the_repeated_hour_is_its_first_and_the_skipped_hour_is_no_time() -> None:
    zone = "Europe/Berlin"
    assert read("timestamp", ["2024-10-27T02:30:00"], zone) == [instant(2024, 10, 27, 0, 30)]
    assert read("timestamp", ["2024-03-31T02:30:00"], zone) == [None]


def test_a_stated_pattern_is_followed() -> None:
    assert read("date", ["31/12/2023", "2023-12-31"], pattern="%d/%m/%Y") == [date(2023, 12, 31), None]
    assert read("timestamp", ["31.12.2023 01:00"], "Asia/Seoul", "%d.%m.%Y %H:%M") == [instant(2023, 12, 30, 16)]


def test_typed_values_of_parquet_are_read_too() -> None:
    assert read("integer", [1.0, 1.5, None]) == [1, None, None]
    assert read("boolean", [True, None]) == [True, None]
    assert read("boolean", [1, 0, 7]) == [True, False, None]
    assert read("date", [datetime(2024, 1, 1), datetime(2024, 1, 1, 5)]) == [date(2024, 1, 1), None]  # noqa: DTZ001
    assert read("timestamp", [date(2024, 1, 1)], "Asia/Seoul") == [instant(2023, 12, 31, 15)]
    assert read("document", [{"a": [1, None]}, None]) == ['{"a":[1,null]}', None]
    assert read("document", [[{"a": 1}], None]) == ['[{"a":1}]', None]
    assert read("text", [15634602, None]) == ["15634602", None]


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001
def test_any_instant_survives_its_iso_text(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert read("timestamp", [aware.isoformat()]) == [aware]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_survives_its_text(number: float) -> None:
    assert read("number", [repr(number)]) == [number]
