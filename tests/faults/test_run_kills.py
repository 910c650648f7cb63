"""A run killed in the middle of a month, or its database, leaves the old month; the next run completes it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.built_company import ROOT, Company, command
from tests.faults.recovery_times import Recovery
from warehouse.connection import Role, Warehouse
from warehouse.server import EmbeddedServer

pytestmark = [pytest.mark.faults, pytest.mark.long(200)]
FEATURES = "select * from analytics.customer_features where snapshot_month = '2025-12-01' order by customer_code"
SCORES = (
    "select id, customer_code, probability, top_features, top_contributions, created_at"
    " from ml.prediction where as_of_date = '2026-01-01' order by id"
)
FEATURE_LOCK = "bellwether.month.analytics.customer_features.2025-12-01"
SCORE_LOCK = "ml.prediction:churn:2026-01-01"
BACKFILL = """
from datetime import date
from dagster_app.lib.runs.partitions import range_tags
from dagster_app.lib.runs.stage_run import StageRunner
from warehouse.database.opening import open_warehouse
from warehouse.settings import load_settings

with open_warehouse() as warehouse, StageRunner(load_settings(), warehouse) as stages:
    stages.run("build_features", tags=range_tags([date(2025, 12, 1)]))
"""


def content(warehouse: Warehouse, query: str) -> str:
    digest = hashlib.sha256()
    with (
        warehouse.connect(Role.TRANSFORMER) as connection,
        connection.cursor().copy(f"copy ({query}) to stdout") as copy,  # type: ignore[arg-type]
    ):
        for block in copy:
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def holding(warehouse: Warehouse, lock: str) -> Iterator[psycopg.Connection]:
    """Hold a month's lock, so that whoever replaces the month waits in the middle of its transaction."""
    with warehouse.connect() as connection:
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        yield connection
        with suppress(psycopg.OperationalError):  # the server may have been killed meanwhile
            connection.rollback()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 400) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"the process ended before it was killed: {process.stdout.read()}"  # type: ignore[union-attr]
        assert time.monotonic() < deadline, "the process did not come as far as it should"
        time.sleep(0.2)


def someone_waits_for_a_lock(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        " and database = (select oid from pg_database where datname = current_database())"
    ).fetchone()
    return row is not None and row[0] > 0


def start(company: Company, *arguments: str, program: list[str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*(program or command()), *arguments],
        cwd=ROOT,
        env=company.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def kill_postgresql(company: Company) -> None:
    """Kill the postmaster; its children notice and end."""
    if company.warehouse.kind == "external":
        pytest.skip("a server of one's own is not ours to kill")
    found = EmbeddedServer(company.home).postmaster.running()
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)


def words(panel: str) -> str:
    """What a panel says, without its frame and its line breaks."""
    return " ".join(panel.replace("│", " ").split())


def spoil_a_score(warehouse: Warehouse) -> str:
    """Make one stored score differ from the right one; returns what the month's scores are now."""
    with warehouse.connect() as connection:
        connection.execute(
            "update ml.prediction set probability = 0.5 where as_of_date = '2026-01-01'"
            " and customer_code = (select min(customer_code) from ml.prediction where as_of_date = '2026-01-01')"
        )
    return content(warehouse, SCORES)


def test_a_run_killed_while_it_replaces_a_month_leaves_the_old_one_and_the_next_run_completes_it(
    run_to_break: Company, recovery: Recovery
) -> None:
    warehouse = run_to_break.warehouse
    before = content(warehouse, FEATURES)
    with warehouse.connect() as connection:
        connection.execute("delete from monitoring.build_ledger where step in ('run', 'month')")
    with holding(warehouse, FEATURE_LOCK) as lock:
        process = start(run_to_break, "run", "--customers", "300", "--months", "24")
        wait_until(lambda: someone_waits_for_a_lock(lock), process)
        kill(process)
    assert content(warehouse, FEATURES) == before
    with recovery():
        run_to_break.run()
    assert content(warehouse, FEATURES) == before
    with warehouse.connect() as connection:
        row = connection.execute("select count(*) from monitoring.build_ledger where step = 'month'").fetchone()
    assert row == (24,)


def test_scoring_killed_in_the_middle_leaves_the_old_scores_and_the_next_run_completes_them(
    run_to_break: Company, recovery: Recovery
) -> None:
    warehouse = run_to_break.warehouse
    right = content(warehouse, SCORES)
    old = spoil_a_score(warehouse)
    assert old != right
    with holding(warehouse, SCORE_LOCK) as lock:
        process = start(run_to_break, "score", "--month", "2025-12")
        wait_until(lambda: someone_waits_for_a_lock(lock), process)
        kill(process)
    assert content(warehouse, SCORES) == old
    with recovery():
        done = run_to_break.bellwether("score", "--month", "2025-12")
    assert done.returncode == 0, done.stdout + done.stderr
    assert content(warehouse, SCORES) == right


def test_postgresql_killed_while_scoring_leaves_the_old_scores_and_the_next_run_completes_them(
    run_to_break: Company, recovery: Recovery
) -> None:
    warehouse = run_to_break.warehouse
    right = content(warehouse, SCORES)
    old = spoil_a_score(warehouse)
    with holding(warehouse, SCORE_LOCK) as lock:
        process = start(run_to_break, "score", "--month", "2025-12")
        wait_until(lambda: someone_waits_for_a_lock(lock), process)
        kill_postgresql(run_to_break)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "The database went away while stage score_month ran" in words(output), output
    with recovery():
        EmbeddedServer(run_to_break.home).use()
        assert content(warehouse, SCORES) == old
        done = run_to_break.bellwether("score", "--month", "2025-12")
    assert done.returncode == 0, done.stdout + done.stderr
    assert content(warehouse, SCORES) == right


def test_postgresql_killed_in_a_back_fill_leaves_the_old_month_and_the_next_back_fill_completes_it(
    run_to_break: Company, recovery: Recovery
) -> None:
    warehouse = run_to_break.warehouse
    before = content(warehouse, FEATURES)
    program = [sys.executable, "-c", BACKFILL]
    with holding(warehouse, FEATURE_LOCK) as lock:
        process = start(run_to_break, program=program)
        wait_until(lambda: someone_waits_for_a_lock(lock), process)
        kill_postgresql(run_to_break)
        process.communicate(timeout=300)
    assert process.returncode != 0
    with recovery():
        EmbeddedServer(run_to_break.home).use()
        assert content(warehouse, FEATURES) == before
        process = start(run_to_break, program=program)
        output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    assert content(warehouse, FEATURES) == before


def test_a_champion_whose_bundle_is_damaged_scores_nothing_and_scores_on_once_it_is_restored(
    run_to_break: Company, recovery: Recovery
) -> None:
    warehouse = run_to_break.warehouse
    before = content(warehouse, SCORES)
    with warehouse.connect() as connection:
        version = connection.execute(
            "select version from ml.model_version where model_name = 'churn' and is_active"
        ).fetchall()[0][0]
    model = run_to_break.folders.models / "churn" / version / "model.txt"
    whole = model.read_bytes()
    try:
        model.write_bytes(whole[:-100])
        done = run_to_break.bellwether("score", "--month", "2025-12")
        assert done.returncode == 1
        assert f"{version}/model.txt is altered or truncated" in words(done.stderr)
        assert content(warehouse, SCORES) == before, "never a silent wrong score"
        assert run_failures(warehouse) == 1
    finally:
        model.write_bytes(whole)
    with recovery():
        done = run_to_break.bellwether("score", "--month", "2025-12")
    assert done.returncode == 0, done.stdout + done.stderr
    assert content(warehouse, SCORES) == before


def run_failures(warehouse: Warehouse) -> int:
    """Alerts of failed runs that name the damaged bundle."""
    with warehouse.connect() as connection:
        row = connection.execute(
            "select count(*) from ml.alert where alert_type = 'RUN_FAILED' and message like '%%altered or truncated%%'"
        ).fetchone()
    return row[0] if row else 0


def test_a_failed_check_ends_the_run_with_its_name_and_code_1_and_the_next_run_continues(
    run_to_break: Company,
) -> None:
    warehouse = run_to_break.warehouse
    insert = (
        "insert into monitoring.check_result (layer, relation, check_name, tool, is_blocking, passed, severity)"
        " values ('raw', 'source.message', 'volume of a test', 'dagster', true, %s, 'error')"
    )
    with warehouse.connect() as connection:
        connection.execute("delete from monitoring.build_ledger where step = 'run'")
        connection.execute(insert, [False])
    done = run_to_break.bellwether("run", "--customers", "300", "--months", "24")
    assert done.returncode == 1
    assert "source.message: volume of a test" in done.stderr.replace("\n", " ")
    assert "continues where it stopped" in done.stderr.replace("\n", " ").replace("  ", " ")
    with warehouse.connect() as connection:
        connection.execute(insert, [True])
    run_to_break.run()
