"""A run killed in the middle of a month leaves the old month; the next run completes it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.built_company import ROOT, Company, command
from warehouse.connection import Role, Warehouse

pytestmark = pytest.mark.faults
FEATURES = "select * from analytics.customer_features where snapshot_month = '2025-12-01' order by customer_code"
SCORES = (
    "select id, customer_code, probability, top_features, top_contributions, created_at"
    " from ml.prediction where as_of_date = '2026-01-01' order by id"
)
FEATURE_LOCK = "bellwether.month.analytics.customer_features.2025-12-01"
SCORE_LOCK = "ml.prediction:churn:2026-01-01"


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


def start(company: Company, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command(), *arguments],
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


def test_a_run_killed_while_it_replaces_a_month_leaves_the_old_one_and_the_next_run_completes_it(
    run_to_break: Company,
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
    run_to_break.run()
    assert content(warehouse, FEATURES) == before
    with warehouse.connect() as connection:
        row = connection.execute("select count(*) from monitoring.build_ledger where step = 'month'").fetchone()
    assert row == (24,)


def test_scoring_killed_in_the_middle_leaves_the_old_scores_and_the_next_run_completes_them(
    run_to_break: Company,
) -> None:
    warehouse = run_to_break.warehouse
    right = content(warehouse, SCORES)
    with warehouse.connect() as connection:
        connection.execute(
            "update ml.prediction set probability = 0.5 where as_of_date = '2026-01-01'"
            " and customer_code = (select min(customer_code) from ml.prediction where as_of_date = '2026-01-01')"
        )
    old = content(warehouse, SCORES)
    assert old != right
    with holding(warehouse, SCORE_LOCK) as lock:
        process = start(run_to_break, "score", "--month", "2025-12")
        wait_until(lambda: someone_waits_for_a_lock(lock), process)
        kill(process)
    assert content(warehouse, SCORES) == old
    done = run_to_break.bellwether("score", "--month", "2025-12")
    assert done.returncode == 0, done.stdout + done.stderr
    assert content(warehouse, SCORES) == right


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
