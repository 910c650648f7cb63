"""The monthly partitions of snapshots, features and scores.

The key is the snapshot month, its first day as ``YYYY-MM-01``. Which months a company has is the database's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import dagster as dg
from dateutil.relativedelta import relativedelta

FIRST_MONTH = date(2000, 1, 1)
"""No snapshot month before this one is offered; a company with older records raises in `month_key`."""

MONTHLY = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH.isoformat(), fmt="%Y-%m-%d", end_offset=1)
"""A month's partition exists from the month itself on, so that a file that closes early can be built."""

ONE_RUN = dg.BackfillPolicy.single_run()
"""A back-fill of many months is one run with a range, not a run for each month."""

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def month_key(month: date) -> str:
    """Partition key of a snapshot month.

    Raises
    ------
    ValueError
        If the day is not the first of a month or the month lies before `FIRST_MONTH`.
    """
    if month.day != 1:
        raise ValueError(f"{month} is not a snapshot month: give the first day of the month")
    if month < FIRST_MONTH:
        raise ValueError(f"{month} lies before {FIRST_MONTH}: move FIRST_MONTH in {__name__} to build older months")
    return month.isoformat()


def months_of(context: dg.AssetExecutionContext) -> list[date]:
    """Return the snapshot months that a run of a monthly asset is about, in order."""
    return [date.fromisoformat(key) for key in context.partition_keys]


def range_tags(months: Sequence[date]) -> dict[str, str]:
    """Run tags that make one run cover a contiguous range of months."""
    return {RANGE_START_TAG: month_key(min(months)), RANGE_END_TAG: month_key(max(months))}


def contiguous(months: Iterable[date]) -> list[list[date]]:
    """Split months into runs of consecutive months, in order; duplicates are dropped."""
    groups: list[list[date]] = []
    for month in sorted(set(months)):
        if groups and groups[-1][-1] + relativedelta(months=1) == month:
            groups[-1].append(month)
        else:
            groups.append([month])
    return groups
