"""A loop that has stopped is noticed from outside, each way of stopping by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli import app
from tests.integration.test_model_switch import INSERT
from warehouse.connection import Role, Warehouse
from warehouse.health import check_health

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
ORCHESTRATOR = """
create schema dagster;
create table dagster.daemon_heartbeats (daemon_type text, timestamp timestamp);
create table dagster.runs (status text, create_timestamp timestamp, update_timestamp timestamp);
insert into dagster.daemon_heartbeats values ('SENSOR', '2026-01-10 11:59:50');
insert into dagster.runs values ('SUCCESS', '2026-01-10 03:00', '2026-01-10 03:05')
"""


@pytest.fixture
def well(warehouse: Warehouse) -> Warehouse:
    with warehouse.connect() as connection:
        for statement in ORCHESTRATOR.split(";"):
            connection.execute(statement)  # type: ignore[arg-type]
    return warehouse


def ill(warehouse: Warehouse, now: datetime = NOW) -> dict[str, str]:
    with warehouse.connect(autocommit=True) as connection:
        return {answer.subject: answer.detail for answer in check_health(connection, now) if not answer.is_ok}


def test_a_loop_that_runs_is_well(well: Warehouse) -> None:
    assert ill(well) == {}


def test_a_daemon_that_died_is_noticed_and_then_that_nothing_runs(well: Warehouse) -> None:
    assert ill(well, NOW + timedelta(minutes=30)) == {"heartbeat of the daemon": "30 min ago, limit 15 min"}
    assert set(ill(well, NOW + timedelta(days=3))) == {"heartbeat of the daemon", "last run"}


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        (
            "insert into dagster.runs values ('STARTED', '2026-01-09 00:00', '2026-01-09 01:00')",
            "runs without progress",
        ),
        (
            "insert into ml.alert (alert_type, message, created_at) values ('RUN_FAILED', 'x', '2026-01-10 10:00Z')",
            "undelivered alerts",
        ),
    ],
)
def test_what_waits_too_long_is_noticed(well: Warehouse, statement: str, subject: str) -> None:
    with well.connect() as connection:
        connection.execute(statement)  # type: ignore[arg-type]
    assert set(ill(well)) == {subject}


def test_a_model_without_a_champion_is_noticed(well: Warehouse) -> None:
    with well.connect(Role.MODEL) as connection:
        connection.execute(INSERT, ["churn", "a"])
    assert ill(well) == {"champions": "no production version: churn"}


def test_the_command_exits_with_one_where_nothing_has_ever_run(warehouse: Warehouse) -> None:
    done = CliRunner().invoke(app, ["health"])
    assert done.exit_code == 1
    assert "STOPPED" in done.output
    assert "never" in done.output
