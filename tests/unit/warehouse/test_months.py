"""Months, their cut-offs and their neighbours."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from warehouse.months import (
    add_months,
    as_of_date,
    as_of_instant,
    first_of_month,
    month_key,
    parse_month,
    snapshot_month,
)


@pytest.mark.parametrize("text", ["2024-02", "2024-02-01", " 2024-02 "])
def test_a_month_is_read_in_both_spellings(text: str) -> None:
    assert parse_month(text) == date(2024, 2, 1)


@pytest.mark.parametrize("text", ["2024-13", "2024-00-01", "2024-02-02", "02-2024", "0000-01", "", "2024-2"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write YYYY-MM"):
        parse_month(text)


def test_a_month_is_as_of_the_first_of_the_next() -> None:
    assert as_of_date(date(2023, 12, 1)) == date(2024, 1, 1)
    assert snapshot_month(date(2024, 1, 1)) == date(2023, 12, 1)
    with pytest.raises(ValueError, match="first day of a month"):
        snapshot_month(date(2024, 1, 2))


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("UTC", datetime(2024, 2, 1, tzinfo=UTC)),
        ("Asia/Seoul", datetime(2024, 1, 31, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2024, 2, 1, 5, tzinfo=UTC)),
    ],
)
def test_the_as_of_instant_is_midnight_of_the_business(zone: str, instant: datetime) -> None:
    assert as_of_instant(date(2024, 1, 1), zone) == instant


def test_summer_time_moves_the_instant_not_the_day() -> None:
    assert as_of_instant(date(2024, 3, 1), "Europe/Berlin") == datetime(2024, 3, 31, 22, tzinfo=UTC)
    assert as_of_instant(date(2024, 2, 1), "Europe/Berlin") == datetime(2024, 2, 29, 23, tzinfo=UTC)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="'Mars/Olympus' is not a time zone"):
        as_of_instant(date(2024, 1, 1), "Mars/Olympus")


def test_arithmetic_crosses_years_in_both_directions() -> None:
    assert add_months(date(2024, 1, 31), -13) == date(2022, 12, 1)
    assert add_months(date(2024, 12, 31), 1) == date(2025, 1, 1)
    assert first_of_month(date(2024, 2, 29)) == date(2024, 2, 1)
    assert month_key(date(2024, 2, 29)) == "2024-02-01"
