"""Alerts leave once, failures wait longer each time, and nobody sends what another has claimed."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from dagster_app.lib.alerts.channels import Alert, DeliveryError, FileChannel, channel_for
from dagster_app.lib.alerts.outbox import BATCH, MAXIMUM_ATTEMPTS, Delivery, deliver, waiting
from dagster_app.lib.alerts.raising import NewAlert, raise_alert
from tests.conftest import DatabaseServer, WarehouseFactory
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.database.backup import backup, restore
from warehouse.database.companies import create_database
from warehouse.database.identity import database_identity


class Recorder:
    """A channel that remembers, fails for some alerts, and cannot tell what arrived."""

    def __init__(self, failing: tuple[int, ...] = ()) -> None:
        self.sent: list[int] = []
        self.failing = failing

    def send(self, alert: Alert) -> None:
        if alert.id in self.failing:
            raise DeliveryError("line busy")
        self.sent.append(alert.id)

    def was_delivered(self, alert: Alert) -> bool | None:
        return None


def raise_alerts(warehouse: Warehouse, count: int, of: str = "alert") -> list[int]:
    """Raise alerts whose keys are the same wherever they are raised."""
    with warehouse.connect(Role.MODEL) as connection:
        for number in range(count):
            assert raise_alert(
                connection, NewAlert("HIGH_RISK", "warning", f"{of} {number}", key=f"HIGH_RISK:{number}")
            )
        return [row[0] for row in connection.execute("select id from ml.alert order by id").fetchall()]


def state(warehouse: Warehouse, alert_id: int) -> tuple[bool, int, str | None, bool]:
    with warehouse.connect() as connection:
        row = connection.execute(
            "select was_sent, attempts, error_message, claimed_by is not null from ml.alert where id = %s", [alert_id]
        ).fetchone()
    assert row is not None
    return row  # type: ignore[return-value]


def test_each_alert_is_sent_once_and_marked(warehouse: Warehouse) -> None:
    ids = raise_alerts(warehouse, BATCH + 5)
    channel = Recorder()
    with warehouse.connect(Role.MODEL) as connection:
        assert deliver(connection, channel) == Delivery(sent=BATCH + 5)
        assert deliver(connection, channel) == Delivery()
    assert channel.sent == ids
    assert state(warehouse, ids[0]) == (True, 1, None, False)


def test_a_failure_is_recorded_and_tried_again_later_with_growing_waits(warehouse: Warehouse) -> None:
    (failing, fine) = raise_alerts(warehouse, 2)
    channel = Recorder(failing=(failing,))
    waits = []
    with warehouse.connect(Role.MODEL) as connection:
        assert deliver(connection, channel) == Delivery(sent=1, postponed=1)
        assert channel.sent == [fine]
        assert deliver(connection, channel) == Delivery()  # not due yet
        for _ in range(MAXIMUM_ATTEMPTS - 2):
            waits.append(make_due(connection, failing))
            assert deliver(connection, channel) == Delivery(postponed=1)
        make_due(connection, failing)
        assert deliver(connection, channel) == Delivery(set_aside=1)
        assert waiting(connection) == 0
    assert [round(wait / timedelta(minutes=1)) for wait in waits[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert sum(waits, timedelta()) > timedelta(days=3), "a channel may be down over a weekend"
    was_sent, attempts, error, is_claimed = state(warehouse, failing)
    assert (was_sent, attempts, is_claimed) == (False, MAXIMUM_ATTEMPTS, False)
    assert error == f"abandoned after {MAXIMUM_ATTEMPTS} attempts: line busy"


def make_due(connection: psycopg.Connection, alert_id: int) -> timedelta:
    row = connection.execute(
        "select next_attempt_at - clock_timestamp() from ml.alert where id = %s", [alert_id]
    ).fetchone()
    connection.execute("update ml.alert set next_attempt_at = now() where id = %s", [alert_id])
    connection.commit()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def test_what_another_notifier_has_claimed_is_left_alone(warehouse: Warehouse) -> None:
    raise_alerts(warehouse, 1)
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute("update ml.alert set claimed_by = 'other:1', claimed_at = now()")
        connection.commit()
        assert deliver(connection, Recorder()) == Delivery()


@pytest.mark.parametrize("was_written", [True, False])
def test_file_channel_finds_its_line_after_a_crash(warehouse: Warehouse, was_written: bool) -> None:
    (alert_id,) = raise_alerts(warehouse, 1)
    path = warehouse.folders.outbox / "alerts.jsonl"
    channel = FileChannel(path, "this database")
    abandon(warehouse)
    if was_written:
        channel.send(Alert(alert_id, key_of(warehouse, alert_id), "HIGH_RISK", "warning", "alert 0", None, None, 1))
    with warehouse.connect(Role.MODEL) as connection:
        assert deliver(connection, channel).sent == 1
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [alert_id]
    assert state(warehouse, alert_id)[0] is True


def test_after_a_crash_a_channel_that_cannot_know_sends_nothing_twice(warehouse: Warehouse) -> None:
    (alert_id,) = raise_alerts(warehouse, 1)
    abandon(warehouse)
    channel = Recorder()
    with warehouse.connect(Role.MODEL) as connection:
        assert deliver(connection, channel) == Delivery(set_aside=1)
    assert channel.sent == []
    assert "delivery unknown" in (state(warehouse, alert_id)[2] or "")


def abandon(warehouse: Warehouse) -> None:
    """As if a notifier had claimed everything and died an hour ago."""
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(
            "update ml.alert set claimed_by = 'dead:1', claimed_at = now() - interval '1 hour', attempts = 1"
        )


def test_half_a_line_left_by_a_crash_does_not_count_as_delivered(warehouse: Warehouse) -> None:
    path = warehouse.folders.outbox / "alerts.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"database": "this database", "key": "seven", "id": 7, "type": "HIGH')
    channel = FileChannel(path, "this database")
    alert = Alert(7, "seven", "HIGH_RISK", "warning", "message", "C1", None, 1)
    assert channel.was_delivered(alert) is False
    channel.send(alert)
    assert channel.was_delivered(alert) is True
    assert json.loads(path.read_text().splitlines()[1])["id"] == 7


def test_default_channel_is_a_file_under_the_home(warehouse: Warehouse) -> None:
    raise_alerts(warehouse, 1)
    with warehouse.connect(Role.MODEL) as connection:
        deliver(connection, channel_for(warehouse, connection))
    assert len(written(warehouse)) == 1


def test_two_companies_in_one_home_write_their_alerts_into_a_file_each(
    warehouse: Warehouse, embedded_server: DatabaseServer
) -> None:
    """Numbers of alerts are the same in both databases, and so are keys that are made of numbers of customers."""
    other = embedded_server.create(f"o{uuid.uuid4().hex[:10]}", warehouse.settings.home)
    try:
        for one in (warehouse, other):
            raise_alerts(one, 12, of=one.company)
            deliver_to_the_file(one)
        for one in (warehouse, other):
            assert written(one) == [f"{one.company} {number}" for number in range(12)]
    finally:
        embedded_server.drop(other.database)


def test_alerts_of_a_database_made_anew_are_written_although_their_numbers_and_keys_were_before(
    warehouse: Warehouse, embedded_server: DatabaseServer
) -> None:
    raise_alerts(warehouse, 12, of="first")
    deliver_to_the_file(warehouse)
    embedded_server.drop(warehouse.database)
    create_database(embedded_server.admin, warehouse.database)
    migrate.upgrade(warehouse)
    raise_alerts(warehouse, 12, of="second")
    deliver_to_the_file(warehouse)
    assert written(warehouse) == [f"{of} {number}" for of in ("first", "second") for number in range(12)]


def test_alerts_of_a_restored_database_are_written_although_their_numbers_and_keys_were_before(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """What was raised after the backup is lost with it; what the restored database raises instead is something else."""
    copy = backup(warehouse, tmp_path / "before.dump")
    raise_alerts(warehouse, 12, of="lost")
    deliver_to_the_file(warehouse)
    restore(warehouse, copy, force=True)
    raise_alerts(warehouse, 12, of="restored")
    deliver_to_the_file(warehouse)
    assert written(warehouse) == [f"{of} {number}" for of in ("lost", "restored") for number in range(12)]


@pytest.mark.parametrize("server_kind", ["embedded", "external"], indirect=True)
def test_the_identity_of_a_database_lasts(warehouse: Warehouse, warehouse_factory: WarehouseFactory) -> None:
    """Any role that delivers alerts may ask for it, on both kinds of server."""
    other = warehouse_factory()
    found = []
    for one in (warehouse, warehouse, other):
        with one.connect(Role.MODEL) as connection:
            found.append(database_identity(connection))
    assert found[0] == found[1] != found[2]


def deliver_to_the_file(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        assert deliver(connection, channel_for(warehouse, connection)) == Delivery(sent=12)


def written(warehouse: Warehouse) -> list[str]:
    """Messages in the company's file of alerts."""
    lines = (warehouse.folders.outbox / "alerts.jsonl").read_text().splitlines()
    return [json.loads(line)["message"] for line in lines]


def key_of(warehouse: Warehouse, alert_id: int) -> str:
    with warehouse.connect() as connection:
        row = connection.execute("select deduplication_key from ml.alert where id = %s", [alert_id]).fetchone()
    assert row is not None
    return str(row[0])
