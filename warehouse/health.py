"""Health of the scheduled pipeline, checked from outside the daemon, which cannot report its own end.

Belongs here: the checks and their limits. Out of scope: the command that prints the results.
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
    """Ages beyond which the scheduled pipeline counts as stopped.

    Parameters
    ----------
    heartbeat
        The daemon writes one at least every 30 seconds.
    run
        Pages are refreshed and messages classified once a day; half a day is added for long runs.
    alert
        Alerts are sent every 15 minutes, failed ones again within an hour.
    stuck_run
        The longest known run takes minutes.
    """

    heartbeat: timedelta = timedelta(minutes=15)
    run: timedelta = timedelta(hours=36)
    alert: timedelta = timedelta(hours=1)
    stuck_run: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class HealthCheck:
    """One check with its result as text."""

    subject: str
    is_ok: bool
    detail: str


def check_health(connection: psycopg.Connection[Any], now: datetime, limits: Limits | None = None) -> list[HealthCheck]:
    """Run all checks; a check that cannot run is not ok.

    Parameters
    ----------
    connection
        In autocommit mode: a failed check must not end the others.
    now
        Time zone aware.
    """
    return list(_checks(connection, now, limits or Limits()))


def _checks(connection: psycopg.Connection[Any], now: datetime, limits: Limits) -> Iterator[HealthCheck]:
    for subject, query, limit in (
        ("heartbeat of the daemon", HEARTBEAT, limits.heartbeat),
        ("last run", LAST_RUN, limits.run),
    ):
        yield _age(subject, _row(connection, query), now, limit)
    yield _check_age("runs without progress", _row(connection, STUCK_RUNS, now - limits.stuck_run), limits.stuck_run)
    yield _check_age("undelivered alerts", _row(connection, UNDELIVERED, now - limits.alert), limits.alert)
    missing = _row(connection, WITHOUT_CHAMPION)
    is_ok = missing is not None and missing[0] is None
    detail = "every model has a version in production" if is_ok else f"no production version: {(missing or ['?'])[0]}"
    yield HealthCheck("champions", is_ok, detail)


def _row(connection: psycopg.Connection[Any], query: str, *values: Any) -> tuple[Any, ...] | None:
    try:
        return connection.execute(query, values).fetchone()
    except psycopg.errors.UndefinedTable:
        return None


def _age(subject: str, row: tuple[Any, ...] | None, now: datetime, limit: timedelta) -> HealthCheck:
    if row is None or row[0] is None:
        return HealthCheck(subject, False, "never")
    age = now - row[0]
    return HealthCheck(subject, age <= limit, f"{_duration_text(age)} ago, limit {_duration_text(limit)}")


def _check_age(subject: str, row: tuple[Any, ...] | None, limit: timedelta) -> HealthCheck:
    if row is None:
        return HealthCheck(subject, False, "not available: the tables do not exist")
    since = f", the oldest of {row[1]:%Y-%m-%d %H:%M}" if row[1] else ""
    return HealthCheck(subject, row[0] == 0, f"{row[0]} older than {_duration_text(limit)}{since}")


def _duration_text(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
