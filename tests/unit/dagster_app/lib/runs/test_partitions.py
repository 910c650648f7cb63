"""Months as partition keys and as ranges."""

from __future__ import annotations

from datetime import date

import pytest

from dagster_app.lib.runs.partitions import MONTHLY, contiguous, month_key, range_tags


def test_a_month_is_named_by_its_first_day_and_is_on_offer() -> None:
    assert month_key(date(2025, 12, 1)) == "2025-12-01"
    assert MONTHLY.has_partition_key("2025-12-01")


@pytest.mark.parametrize("day", [date(2025, 12, 2), date(1999, 1, 1)])
def test_other_days_and_months_before_the_first_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match=str(day)):
        month_key(day)


def test_a_gap_splits_months_into_runs() -> None:
    months = [date(2025, 2, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 5, 1), date(2025, 5, 1)]
    assert contiguous(months) == [[date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)], [date(2025, 5, 1)]]
    assert contiguous([]) == []


def test_a_range_is_tagged_by_its_ends() -> None:
    tags = range_tags([date(2025, 3, 1), date(2025, 1, 1)])
    assert list(tags.values()) == ["2025-01-01", "2025-03-01"]
