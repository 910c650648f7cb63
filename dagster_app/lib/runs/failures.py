"""A failed run as text, and the one alert that it raises.

Belongs here: what a run's events say of its failure. Does not: sending (`outbox`), and what is shown to the person at
the keyboard (`stage_run`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
from psycopg import Connection

from dagster_app.lib.alerts.raising import NewAlert, raise_alert

# The same failure of the same job is one incident for a day, however often the job is tried; the message begins with
# "run ", 8 digits and a space.
REPEATED = """
select exists (
  select from ml.alert
  where alert_type = 'RUN_FAILED'
    and substr(message, 14) = substr(%(message)s, 14)
    and created_at between clock_timestamp() - interval '1 day' and clock_timestamp()
)
"""
LONGEST = 1500


def reasons(events: Sequence[dg.DagsterEvent]) -> list[str]:
    """Say which steps failed and which checks did not pass, each with its reason; empty where no event tells."""
    steps = [f"{event.step_key}: {_reason(event)}" for event in events if event.is_step_failure]
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
    ]
    return steps + [
        f"check {item.check_name} on {'.'.join(item.asset_key.path)}: {item.description or ''}" for item in checks
    ]


def raise_run_failure(connection: Connection[Any], run_id: str, job_name: str, why: str) -> None:
    """Put an alert for a failed run into the outbox, once for each run and once a day for the same failure."""
    message = f"run {run_id[:8]} of job {job_name} failed: {why[:LONGEST]}"
    row = connection.execute(REPEATED, {"message": message}).fetchone()
    if not (row and row[0]):
        # the sensor and the process that ran the stage both report a run: its key is one
        raise_alert(connection, NewAlert("RUN_FAILED", "error", message, key=f"run:{run_id}"))
    connection.commit()


def _reason(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "no reason recorded"
