"""Whether what should run by itself still runs: asked from outside the daemon, which cannot report its own death.

Belongs here: the questions and their limits. Does not: the command that prints the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

# Times of the orchestrator are UTC without a zone.
HEARTBEAT = "select max(timestamp) at time zone 'UTC' from dagster.daemon_heartbeats"
LAST_RUN = "select max(create_timestamp) at time zone 'UTC' from dagster.runs"
STUCK_RUNS = """
select count(*), min(update_timestamp at time zone 'UTC') from dagster.runs
where status in ('STARTED', 'STARTING', 'QUEUED') and update_timestamp at time zone 'UTC' < %s
"""
UNDELIVERED = """
select count(*), min(created_at) from ml.alert
where not was_sent and created_at < %s and coalesce(next_attempt_at, '-infinity') < 'infinity'
"""
WITHOUT_CHAMPION = """
select string_agg(model_name, ', ' order by model_name)
from (select model_name from ml.model_version group by model_name having not bool_or(is_active)) as found
"""


@dataclass(frozen=True)
class Limits:
    """Ages beyond which the loop counts as stopped.

    Parameters
    ----------
    heartbeat
        The daemon writes one at least every half minute.
    run
        The pages are refreshed and the messages read once a day; half a day is added for a long night.
    alert
        Alerts are sent every quarter of an hour, failed ones again within the hour.
    stuck_run
        The longest run known takes minutes.
    """

    heartbeat: timedelta = timedelta(minutes=15)
    run: timedelta = timedelta(hours=36)
    alert: timedelta = timedelta(hours=1)
    stuck_run: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class Answer:
    """One question with its answer in words, and whether that is as it should be."""

    subject: str
    is_well: bool
    words: str


def examine(connection: psycopg.Connection[Any], now: datetime, limits: Limits | None = None) -> list[Answer]:
    """Answer every question; a question that cannot be asked is answered as not well.

    Parameters
    ----------
    connection
        In autocommit: a question that fails must not end the others.
    now
        Time zone aware.
    """
    return list(_answers(connection, now, limits or Limits()))


def _answers(connection: psycopg.Connection[Any], now: datetime, limits: Limits) -> Iterator[Answer]:
    for subject, query, limit in (
        ("heartbeat of the daemon", HEARTBEAT, limits.heartbeat),
        ("last run", LAST_RUN, limits.run),
    ):
        yield _age(subject, _row(connection, query), now, limit)
    yield _none_older("runs without progress", _row(connection, STUCK_RUNS, now - limits.stuck_run), limits.stuck_run)
    yield _none_older("undelivered alerts", _row(connection, UNDELIVERED, now - limits.alert), limits.alert)
    missing = _row(connection, WITHOUT_CHAMPION)
    is_well = missing is not None and missing[0] is None
    words = "every model has a version in production" if is_well else f"none in production: {(missing or ['?'])[0]}"
    yield Answer("champions", is_well, words)


def _row(connection: psycopg.Connection[Any], query: str, *values: Any) -> tuple[Any, ...] | None:
    try:
        return connection.execute(query, values).fetchone()
    except psycopg.errors.UndefinedTable:
        return None


def _age(subject: str, row: tuple[Any, ...] | None, now: datetime, limit: timedelta) -> Answer:
    if row is None or row[0] is None:
        return Answer(subject, False, "never")
    age = now - row[0]
    return Answer(subject, age <= limit, f"{_words(age)} ago, at most {_words(limit)}")


def _none_older(subject: str, row: tuple[Any, ...] | None, limit: timedelta) -> Answer:
    if row is None:
        return Answer(subject, False, "cannot be asked: the tables do not exist")
    since = f", the oldest of {row[1]:%Y-%m-%d %H:%M}" if row[1] else ""
    return Answer(subject, row[0] == 0, f"{row[0]} older than {_words(limit)}{since}")


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
