"""Send alerts from the outbox ``ml.alert``: claimed first, sent once, tried again later, or dropped.

A claim is committed before anything is sent, so two notifiers never send the same alert. If the process dies
between sending and marking, it is unknown whether the message left: a channel that can tell (the file channel) is
asked again; for the others the alert is not sent a second time but dropped with an error.
``next_attempt_at = infinity`` means dropped. Channels belong to `channels`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from dagster_app.lib.alerts.channels import Alert, Channel, DeliveryError

BATCH = 100
MAXIMUM_ATTEMPTS = 80
"""With an hour between the later ones about three days: a channel may be down over a weekend."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
STALE_CLAIM = timedelta(minutes=15)

# An alert that waits longer than any wait there is was postponed by a clock that has been set back since.
CLAIM = """
update ml.alert
set claimed_by = %(claimant)s, claimed_at = clock_timestamp(), attempts = attempts + 1
where id in (
  select id
  from ml.alert
  where not was_sent
    and claimed_by is null
    and (
      coalesce(next_attempt_at, '-infinity') <= clock_timestamp()
      or (next_attempt_at > clock_timestamp() + %(longest)s and next_attempt_at < 'infinity')
    )
  order by id
  for update skip locked
  limit %(batch)s
)
returning id, deduplication_key as key, alert_type, severity, message, customer_code, predicted_at, attempts
"""
ABANDONED = """
select id, deduplication_key as key, alert_type, severity, message, customer_code, predicted_at, attempts
from ml.alert
where not was_sent
  and claimed_by is not null
  and claimed_at not between clock_timestamp() - %(stale)s and clock_timestamp() + %(stale)s
order by id
for update skip locked
"""
SENT = """
update ml.alert
set was_sent = true, sent_at = clock_timestamp(), error_message = null, claimed_by = null, next_attempt_at = null
where id = %s
"""
LATER = """
update ml.alert
set claimed_by = null, error_message = %(error)s, next_attempt_at = clock_timestamp() + %(wait)s::interval
where id = %(id)s
"""
ASIDE = """
update ml.alert
set claimed_by = null, error_message = %(error)s, next_attempt_at = 'infinity'
where id = %(id)s
"""
EXPIRE = """
update ml.alert
set error_message = 'expired: raised by scores older than the newest ones by the policy''s cool-down',
    next_attempt_at = 'infinity'
from ml.alert_policy
where alert.alert_type = alert_policy.alert_type
  and alert.model_name = alert_policy.model_name
  and not alert.was_sent
  and alert.claimed_by is null
  and coalesce(alert.next_attempt_at, '-infinity') < 'infinity'
  and alert.predicted_at < (
    select max(newest.predicted_at) - alert_policy.cool_down
    from ml.prediction as newest
    where newest.model_name = alert.model_name
  )
"""


@dataclass(frozen=True)
class Delivery:
    """What one round of sending did, in alerts."""

    sent: int = 0
    postponed: int = 0
    set_aside: int = 0


def expire_old(connection: Connection[Any]) -> int:
    """Set aside unsent alerts older than the newest scores by the policy's cool-down; return how many.

    A back-fill raises alerts for months that are too old to act on: they stay recorded and are not sent.
    """
    expired = connection.execute(EXPIRE).rowcount
    connection.commit()
    return expired


def waiting(connection: Connection[Any]) -> int:
    """Return how many alerts wait to be sent now or later."""
    row = connection.execute(
        "select count(*) from ml.alert where not was_sent and coalesce(next_attempt_at, '-infinity') < 'infinity'"
    ).fetchone()
    return int(row[0]) if row else 0


def deliver(connection: Connection[Any], channel: Channel) -> Delivery:
    """Send every alert that is due, each in its own step so that a failure keeps what was sent before."""
    settled = _settle_abandoned(connection, channel)
    rounds = [settled]
    while claimed := _claim(connection):
        rounds += [_send(connection, channel, alert) for alert in claimed]
    return Delivery(
        sum(item.sent for item in rounds),
        sum(item.postponed for item in rounds),
        sum(item.set_aside for item in rounds),
    )


def _claim(connection: Connection[Any]) -> list[Alert]:
    claimant = f"{socket.gethostname()}:{os.getpid()}"
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(CLAIM, {"claimant": claimant, "batch": BATCH, "longest": LONGEST_RETRY}).fetchall()
    connection.commit()
    return _alerts(rows)


def _alerts(rows: Iterable[dict[str, Any]]) -> list[Alert]:
    return sorted((Alert(**row) for row in rows), key=lambda alert: alert.id)


def _send(connection: Connection[Any], channel: Channel, alert: Alert) -> Delivery:
    try:
        channel.send(alert)
    except DeliveryError as error:
        return _after_failure(connection, alert, str(error))
    connection.execute(SENT, [alert.id])
    connection.commit()
    return Delivery(sent=1)


def _after_failure(connection: Connection[Any], alert: Alert, error: str) -> Delivery:
    if alert.attempts >= MAXIMUM_ATTEMPTS:
        message = f"abandoned after {alert.attempts} attempts: {error}"
        connection.execute(ASIDE, {"id": alert.id, "error": message})
        connection.commit()
        return Delivery(set_aside=1)
    wait = min(FIRST_RETRY * 2 ** min(alert.attempts - 1, 10), LONGEST_RETRY)
    connection.execute(LATER, {"id": alert.id, "error": error, "wait": wait})
    connection.commit()
    return Delivery(postponed=1)


def _settle_abandoned(connection: Connection[Any], channel: Channel) -> Delivery:
    """Decide about alerts whose sender was interrupted: sent if the channel knows so, else dropped or tried again."""
    with connection.cursor(row_factory=dict_row) as cursor:
        alerts = _alerts(cursor.execute(ABANDONED, {"stale": STALE_CLAIM}).fetchall())
    counts = {True: 0, False: 0, None: 0}
    for alert in alerts:
        known = channel.was_delivered(alert)
        counts[known] += 1
        if known:
            connection.execute(SENT, [alert.id])
        elif known is None:
            error = "delivery unknown: the notifier died while sending; not sent again, ask the recipient"
            connection.execute(ASIDE, {"id": alert.id, "error": error})
        else:
            connection.execute(LATER, {"id": alert.id, "error": "notifier died before sending", "wait": timedelta()})
    connection.commit()
    return Delivery(sent=counts[True], postponed=counts[False], set_aside=counts[None])
