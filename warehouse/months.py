"""Month arithmetic: snapshot months, as-of dates and as-of instants.

Belongs here: turning a month into its first day, its cut-off and its neighbours. Out of scope:
deciding which months to build (the runner and the `monthly` materialisation do that).

A snapshot month is the first day of a month. Its as-of date is the first day of the next month, its
as-of instant T is that day's first instant in the business time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(-01)?")


def parse_month(text: str) -> date:
    """Return the first day of the month written as `YYYY-MM` or `YYYY-MM-01`.

    Raises
    ------
    ValueError
        The text is neither, or is not a month of the calendar.

    Examples
    --------
    >>> parse_month("2024-02")
    datetime.date(2024, 2, 1)
    """
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match["month"]) <= 12 or int(match["year"]) < 1:
        raise ValueError(f"{text!r} is not a month: write YYYY-MM or YYYY-MM-01, for example 2024-02")
    return date(int(match["year"]), int(match["month"]), 1)


def month_key(month: date) -> str:
    """Return the partition key of a month, `YYYY-MM-01`."""
    return first_of_month(month).isoformat()


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`."""
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """Return the first day of the month `count` months after (before, if negative) that of `month`.

    Examples
    --------
    >>> add_months(date(2024, 11, 30), 3)
    datetime.date(2025, 2, 1)
    """
    year, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, index + 1, 1)


def as_of_date(month: date) -> date:
    """Return the as-of date of a snapshot month: the first day of the next month."""
    return add_months(month, 1)


def snapshot_month(as_of: date) -> date:
    """Return the snapshot month whose as-of date is `as_of`: the month before the day's own.

    Raises
    ------
    ValueError
        `as_of` is not the first day of a month.
    """
    if as_of.day != 1:
        raise ValueError(f"{as_of} is not the as-of date of a snapshot month: that is the first day of a month")
    return add_months(as_of, -1)


def as_of_instant(month: date, tz: str | ZoneInfo) -> datetime:
    """Return T of a snapshot month: the first instant of the next month in `tz`, as UTC.

    Where clocks skip midnight that day, T is the instant of the skip.

    Raises
    ------
    ValueError
        `tz` is not a time zone of the tz database.

    Examples
    --------
    >>> as_of_instant(date(2024, 1, 1), "Asia/Seoul").isoformat()
    '2024-01-31T15:00:00+00:00'
    """
    day = as_of_date(month)
    return datetime(day.year, day.month, day.day, tzinfo=_zone(tz)).astimezone(UTC)


def _zone(tz: str | ZoneInfo) -> ZoneInfo:
    if isinstance(tz, ZoneInfo):
        return tz
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{tz!r} is not a time zone: use a name like Asia/Seoul, Europe/Berlin or UTC") from error
