"""Raise an alert: the one place that writes rows of the outbox ``ml.alert``.

Alerts on scores are raised by the database's own trigger. When to send belongs to `outbox`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection

INSERT = """
insert into ml.alert (model_name, alert_type, severity, message, predicted_at, deduplication_key)
values (%(model_name)s, %(alert_type)s, %(severity)s, %(message)s, %(predicted_at)s, %(key)s)
on conflict (deduplication_key) do nothing
"""


@dataclass(frozen=True)
class NewAlert:
    """An alert that has to be delivered.

    Parameters
    ----------
    key
        Names the occasion: an alert with a key that exists is not raised again.
    predicted_at
        Time of the scores it is about, if it is about scores.
    """

    alert_type: str
    severity: Literal["info", "warning", "error", "critical"]
    message: str
    key: str
    model_name: str | None = None
    predicted_at: datetime | None = None


def raise_alert(connection: Connection[Any], alert: NewAlert) -> bool:
    """Put an alert into the outbox in the caller's transaction; returns whether it is new."""
    return connection.execute(INSERT, vars(alert)).rowcount == 1
