"""The clock jumps: nothing known before changes its time, nothing waits for the clock to come back.

The database's clock is what the warehouse reads. A schema before `pg_catalog` in the search path of every session of
the database shows another time; times written before the jump stay as they are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql

from dagster_app.lib.alerts.channels import FileChannel
from dagster_app.lib.alerts.outbox import Delivery, deliver
from tests.data_packages import customers, load_files, rows, snapshot, snapshots
from tests.faults.recovery_times import Recovery
from tests.integration.test_model_switch import INSERT
from warehouse import registry, retraining
from warehouse.connection import Role, Warehouse
from warehouse.registry import Decider
from warehouse.retraining import RetrainingTrigger

pytestmark = pytest.mark.faults
CLOCKS = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")
JUMPS = pytest.mark.parametrize("jump", ["-400 days", "400 days"])


@contextmanager
def shifted(warehouse: Warehouse, jump: str) -> Iterator[None]:
    """Let every session that begins inside see the clock shifted."""
    database = sql.Identifier(warehouse.database)
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("create schema if not exists shifted; grant usage on schema shifted to public")
        for clock in CLOCKS:
            connection.execute(
                f"create or replace function shifted.{clock}() returns timestamptz language sql"
                f" as $$ select pg_catalog.{clock}() + interval '{jump}' $$"
            )
        path = 'shifted, pg_catalog, "$user", public'
        connection.execute(sql.SQL("alter database {} set search_path = " + path).format(database))
    try:
        yield
    finally:
        with warehouse.connect(autocommit=True) as connection:
            connection.execute(sql.SQL("alter database {} reset search_path").format(database))


@JUMPS
def test_what_is_known_keeps_its_time_and_later_loads_stay_later(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery, jump: str
) -> None:
    known = "select ccod, known_at, content_hash from source.user_monthly_features order by known_at, ccod"
    first, second = snapshots(snapshot("C1", "2024-01", 100)), snapshots(snapshot("C1", "2024-01", 200))
    load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": first})
    before = rows(warehouse, known)
    with shifted(warehouse, jump), recovery():
        load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": first})
        assert rows(warehouse, known) == before, "the same file adds nothing at another time"
        load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": first, "t.jsonl": second})
    load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": second, "t.jsonl": first})
    after = rows(warehouse, known)
    assert after[:1] == before, "what was known at the cut-off stays known then"
    assert after[1][1] > before[0][1], "a correction is later knowledge, whatever the clock says"


@JUMPS
def test_promotions_stay_ordered_with_one_production_version(
    warehouse: Warehouse, recovery: Recovery, jump: str
) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        for name in ("a", "b", "c"):
            connection.execute(INSERT, ["churn", name])
        registry.promote(connection, "a", Decider("test", "first", {}))
    with shifted(warehouse, jump), warehouse.connect(Role.MODEL) as connection, recovery():
        registry.promote(connection, "b", Decider("test", "after the jump", {}))
    with warehouse.connect(Role.MODEL) as connection:
        registry.promote(connection, "c", Decider("test", "the clock is right again", {}))
        registry.roll_back(connection, "churn", Decider("test", "worse", {}))
        served = [one for one in registry.stage_history(connection, "churn") if one.stage == "production"]
        serving = [one.version for one in registry.versions(connection, "churn") if one.is_active]
    assert [one.version for one in served] == ["a", "b", "c", "b"]
    assert all(one.valid_to == later.valid_from for one, later in itertools.pairwise(served))
    assert serving == ["b"]


@JUMPS
def test_no_alert_waits_for_the_clock_or_is_sent_twice(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery, jump: str
) -> None:
    outbox = tmp_path / "alerts.jsonl"
    insert = "insert into ml.alert (alert_type, message) values ('RUN_FAILED', %s)"
    with shifted(warehouse, jump), warehouse.connect(Role.MODEL) as connection:
        connection.execute(insert, ["failed while the clock was wrong"])
        connection.execute(insert, ["claimed by a notifier that died"])
        connection.commit()
        outbox.mkdir()  # nothing can be written
        assert deliver(connection, FileChannel(outbox, "this database")) == Delivery(postponed=2)
        connection.execute(
            "update ml.alert set claimed_by = 'dead:1', claimed_at = clock_timestamp() where message like 'claimed%'"
        )
    outbox.rmdir()
    with warehouse.connect(Role.MODEL) as connection, recovery():
        deliver(connection, FileChannel(outbox, "this database"))
        deliver(connection, FileChannel(outbox, "this database"))
        left = connection.execute("select count(*) from ml.alert where not was_sent").fetchone()
    assert left == (0,)
    assert len(re.findall(r"failed while|claimed by", outbox.read_text())) == 2


def test_a_trigger_asked_before_the_jump_is_not_asked_again(warehouse: Warehouse, recovery: Recovery) -> None:
    trigger = RetrainingTrigger("churn", "drift", "2025-07")
    with warehouse.connect(Role.MODEL) as connection:
        assert retraining.request_retraining(connection, trigger) is not None
    with shifted(warehouse, "-400 days"), warehouse.connect(Role.MODEL) as connection, recovery():
        assert retraining.request_retraining(connection, trigger) is None
        (attempt,) = retraining.attempts(connection, "churn", "asked")
        retraining.count_attempt(connection, attempt)
        assert retraining.attempts(connection, "churn")[0].attempts == 1
