"""The channel of the alerts is down for a day: every alert waits, health says so, and each is sent once after it."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dagster_app.lib.alerts.channels import FileChannel
from dagster_app.lib.alerts.outbox import Delivery, deliver, waiting
from tests.faults.recovery_times import Recovery
from warehouse.connection import Role, Warehouse
from warehouse.health import check_health

pytestmark = pytest.mark.faults
ALERTS = 3
NEXT = "select min(next_attempt_at) - clock_timestamp() from ml.alert where not was_sent"


def test_alerts_of_a_day_without_a_channel_leave_once_when_it_is_back(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery
) -> None:
    folder = tmp_path / "outbox"
    folder.write_text("a file where the folder should be: nothing can be written")
    channel = FileChannel(folder / "alerts.jsonl", "this database")
    with warehouse.connect(Role.MODEL) as connection:
        for number in range(ALERTS):
            connection.execute(
                "insert into ml.alert (alert_type, message) values ('RUN_FAILED', %s)", [f"alert {number}"]
            )
        connection.commit()
        down = timedelta()
        while down < timedelta(days=1):
            assert deliver(connection, channel) == Delivery(postponed=ALERTS)
            down += let_time_pass(connection)
        assert waiting(connection) == ALERTS, "none is given up"
        errors = connection.execute("select distinct error_message from ml.alert").fetchall()
        assert "cannot write" in errors[0][0]
    assert "3 older than 60 min" in undelivered(warehouse)
    with recovery(), warehouse.connect(Role.MODEL) as connection:
        folder.unlink()
        assert deliver(connection, channel) == Delivery(sent=ALERTS)
        assert deliver(connection, channel) == Delivery()
    assert [json.loads(line)["message"] for line in (folder / "alerts.jsonl").read_text().splitlines()] == [
        f"alert {number}" for number in range(ALERTS)
    ]


def test_a_full_disk_postpones_alerts_and_none_is_lost_or_sent_twice(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery
) -> None:
    outbox = tmp_path / "alerts.jsonl"
    outbox.write_text("x" * 4096 + "\n")
    channel = FileChannel(outbox, "this database")
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute("insert into ml.alert (alert_type, message) values ('RUN_FAILED', 'once')")
        connection.commit()
        with full_disk(4100):
            assert deliver(connection, channel) == Delivery(postponed=1)
        assert "File too large" in connection.execute("select error_message from ml.alert").fetchall()[0][0]
        let_time_pass(connection)
        with recovery():
            assert deliver(connection, channel) == Delivery(sent=1)
            assert deliver(connection, channel) == Delivery()
    assert len(re.findall("once", outbox.read_text())) == 1


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, in bytes: what a full disk does to one that grows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def let_time_pass(connection: psycopg.Connection) -> timedelta:
    """Let every alert become due, as if its wait were over; returns how long it was."""
    row = connection.execute(NEXT).fetchone()
    assert row is not None
    connection.execute(
        "update ml.alert set next_attempt_at = now(), created_at = created_at - %s where not was_sent", [row[0]]
    )
    connection.commit()
    wait: timedelta = row[0]
    return wait


def undelivered(warehouse: Warehouse) -> str:
    with warehouse.connect(autocommit=True) as connection:
        answers = check_health(connection, datetime.now(UTC))
    return next(one.detail for one in answers if one.subject == "undelivered alerts" and not one.is_ok)
