"""Loads that are killed, cut off or run side by side: a file is in whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.data_packages import CUSTOMERS, customers, load_files, rows, snapshot, snapshots, write_package
from warehouse.connection import Role, Warehouse
from warehouse.loading import LoadReport, load_package
from warehouse.loading.load_log import LOAD_LOCK

pytestmark = pytest.mark.faults

STATES = "select target_table, status from source.load_batch order by batch_id"
WAITING = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@contextmanager
def held_up(warehouse: Warehouse) -> Iterator[None]:
    """Hold up a load in the middle of writing customers: versions written, present state not yet."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("lock table crm.customer_identity in access exclusive mode")
        yield
        connection.rollback()


def wait_for_lock(warehouse: Warehouse) -> int:
    """Return the backend that waits for a lock, once there is one."""
    with warehouse.connect(autocommit=True) as connection:
        for _ in range(600):
            found = connection.execute(WAITING).fetchone()
            if found:
                return int(found[0])
            time.sleep(0.05)
    raise AssertionError("nothing came to wait for the lock within 30 s")


def start_loading(folder: Path) -> subprocess.Popen[str]:
    """Load a package in a process of its own."""
    command = [sys.executable, "-c", "from cli import app; app()", "load", str(folder)]
    return subprocess.Popen(
        command, env={**os.environ, "COLUMNS": "200"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_kill_9_in_the_middle_leaves_nothing_and_the_next_load_completes(
    any_warehouse: Warehouse, tmp_path: Path
) -> None:
    files = {"i.csv": ("source.industry_codes", "code\nI1\n", {}), "c.csv": customers()}
    write_package(tmp_path, files, company=any_warehouse.company)
    with held_up(any_warehouse):
        process = start_loading(tmp_path)
        backend = wait_for_lock(any_warehouse)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        # an abandoned backend notices only when it next writes to its client: end it as the server would
        with any_warehouse.connect(autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(%s, 5000)", [backend])
    assert rows(any_warehouse, "select count(*) from crm.customer_version") == [(0,)]
    assert rows(any_warehouse, "select count(*) from source.industry_codes") == [(1,)]  # a whole file before it
    assert rows(any_warehouse, STATES) == [("source.industry_codes", "loaded"), ("crm.customer", "running")]

    began = time.perf_counter()
    process = start_loading(tmp_path)
    output, _ = process.communicate(timeout=120)
    print(f"recovered in {time.perf_counter() - began:.1f} s")  # noqa: T201 - the time to recover is asked for
    assert process.returncode == 0, output
    assert rows(any_warehouse, STATES)[1:] == [("crm.customer", "failed"), ("crm.customer", "loaded")]
    assert rows(any_warehouse, "select count(*) from crm.customer join crm.customer_version using (customer_code)") == [
        (2,)
    ]
    assert "no row was written" in rows(any_warehouse, "select max(error_message) from source.load_batch")[0][0]


def test_a_lost_connection_is_an_error_and_the_next_load_completes(warehouse: Warehouse, tmp_path: Path) -> None:
    package = write_package(tmp_path, {"c.csv": customers()})
    failures: list[BaseException] = []

    def run() -> None:
        try:
            load_package(warehouse, package)
        except psycopg.OperationalError as error:
            failures.append(error)

    with held_up(warehouse):
        thread = threading.Thread(target=run)
        thread.start()
        backend = wait_for_lock(warehouse)
        with warehouse.connect(autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(%s)", [backend])
        thread.join(30)
    assert len(failures) == 1
    assert rows(warehouse, "select count(*) from crm.customer_version") == [(0,)]
    assert [b.rows_loaded for b in load_package(warehouse, package).batches] == [2]


def test_two_loads_at_once_take_turns(warehouse: Warehouse, tmp_path: Path) -> None:
    package = write_package(tmp_path, {"c.csv": customers(), "s.jsonl": snapshots(snapshot("C1", "2024-01"))})
    reports: list[LoadReport] = []
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOAD_LOCK])
        threads = [threading.Thread(target=lambda: reports.append(load_package(warehouse, package))) for _ in range(2)]
        for thread in threads:
            thread.start()
        wait_for_lock(warehouse)
        assert rows(warehouse, "select count(*) from source.load_batch") == [(0,)]
    for thread in threads:
        thread.join(60)
    assert sorted(tuple(b.status for b in report.batches) for report in reports) == [
        ("loaded", "loaded"),
        ("skipped", "skipped"),
    ]
    assert rows(warehouse, "select count(*) from crm.customer_version") == [(2,)]


def test_readers_see_the_old_rows_until_a_file_is_in(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"c.csv": customers()})
    package = write_package(tmp_path, {"c.csv": customers(CUSTOMERS.replace("Kim", "Min") + "C3,Park,c3@x.invalid\n")})
    thread = threading.Thread(target=lambda: load_package(warehouse, package))
    with held_up(warehouse):
        thread.start()
        wait_for_lock(warehouse)
        assert rows(warehouse, "select name from crm.customer order by customer_code") == [("Kim",), ("Lee",)]
    thread.join(60)
    assert rows(warehouse, "select name from crm.customer order by customer_code") == [("Min",), ("Lee",), ("Park",)]
