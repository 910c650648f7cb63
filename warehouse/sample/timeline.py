"""Months as indexes, instants as text with offset, and the random streams of a month.

Simulated month 0 is a year before the first snapshot, so that the first documents have a
history. No driver, customer or file is known here.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

OFFSET = "+09:00"
TIME_ZONE = "Asia/Seoul"

#: Months simulated before the first snapshot.
HISTORY_MONTHS = 12
#: Instants lie on a grid of ten minutes: 144 slots a day, 31 days a month.
SLOTS_PER_DAY = 144
_SLOTS_PER_MONTH = 31 * SLOTS_PER_DAY


class Stream(IntEnum):
    """Independent random streams: a draw added to one does not change the others."""

    CUSTOMER = 1
    BRANCH = 2
    DRIVER = 3
    CHURN = 4
    CONTRACT = 5
    VISIT = 6
    CONTACT = 7
    PURCHASE = 8
    PAYMENT = 9
    MESSAGE = 10
    LEDGER = 11
    FAULT = 12
    SURVEY = 13
    PROSPECT = 14


def random_stream(seed: int, stream: Stream, block: int = 0, month: int = 0) -> np.random.Generator:
    """Make a generator of its own for a purpose, block and month: what one month draws shifts no other."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, stream, block, month])))


@dataclass(frozen=True)
class Timeline:
    """The simulated months.

    Parameters
    ----------
    end_month : date
        Last snapshot month, its first day.
    snapshot_months : int
        Number of snapshot months.
    """

    end_month: date
    snapshot_months: int

    @property
    def months(self) -> int:
        """Number of simulated months: history and snapshots."""
        return HISTORY_MONTHS + self.snapshot_months

    def first_day(self, month: int) -> date:
        """First day of a simulated month; indexes before 0 and beyond the end are allowed."""
        number = self.end_month.year * 12 + self.end_month.month - 1 - (self.months - 1) + month
        return date(number // 12, number % 12 + 1, 1)

    def index(self, day: date) -> int:
        """Index of the simulated month that contains a day; may be outside 0 to months - 1."""
        end = self.end_month
        return self.months - 1 - (end.year - day.year) * 12 - (end.month - day.month)

    def days(self, month: int) -> int:
        """Length of a simulated month in days."""
        first = self.first_day(month)
        return monthrange(first.year, first.month)[1]

    def label(self, month: int) -> str:
        """Name of a month in file names: ``2025-07``."""
        return self.first_day(month).strftime("%Y-%m")

    def instant(self, month: int, day: int = 1, hour: int = 0) -> str:
        """Text of an instant with the business offset; ``day`` counts from 1 and may run over."""
        moment = self.first_day(month) + timedelta(days=day - 1)
        return f"{moment.isoformat()}T{hour:02d}:00:00{OFFSET}"

    def instants(self) -> pl.Series:
        """Text of every ten-minute slot of every simulated month and the one after.

        Returns
        -------
        Series of str
            Look up with :func:`slot_index`.
        """
        times = [f"T{slot // 6:02d}:{slot % 6}0:00{OFFSET}" for slot in range(SLOTS_PER_DAY)]
        days = (self.first_day(month) + timedelta(days=day) for month in range(self.months + 1) for day in range(31))
        return pl.Series([day.isoformat() + time for day in days for time in times])

    def ordinals(self) -> NDArray[np.int64]:
        """Days since 1970 of the first day of each simulated month and the one after."""
        epoch = date(1970, 1, 1).toordinal()
        firsts = [self.first_day(month).toordinal() - epoch for month in range(self.months + 1)]
        return np.array(firsts, dtype=np.int64)

    def ordinals_before(self) -> NDArray[np.int64]:
        """Days since 1970 of the first days of the 120 months before month 0."""
        epoch = date(1970, 1, 1).toordinal()
        return np.array([self.first_day(month).toordinal() - epoch for month in range(-120, 0)])


def slot_index(month: NDArray[np.integer], slot: NDArray[np.integer]) -> NDArray[np.int64]:
    """Position of a month's ten-minute slot in :meth:`Timeline.instants`."""
    return month.astype(np.int64) * _SLOTS_PER_MONTH + slot


def day_texts(days: NDArray[np.int64]) -> pl.Series:
    """ISO dates of days since 1970."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date).dt.to_string("%Y-%m-%d")
