"""Running again is quick and changes nothing; even building everything again gives the same rows."""

from __future__ import annotations

import hashlib
import time

import pytest

from tests.built_company import CUSTOMERS, MONTHS, Company
from warehouse.connection import Role, Warehouse

pytestmark = pytest.mark.long(90)

CONTENTS = {
    "features": "select * from analytics.customer_features order by snapshot_month, customer_code",
    "property": "select * from analytics.user_monthly_property order by created_at, ccod",
    "labels": "select * from ml.label order by label_id",
    "predictions": "select * from ml.prediction order by id",
    "versions": "select * from ml.model_version order by id",
    "alerts": "select * from ml.alert where alert_type <> 'RUN_FAILED' order by id",
    "list": "select * from analytics.retention_list order by priority_rank",
}


def contents(warehouse: Warehouse) -> dict[str, str]:
    """A hash of each table, row identities and write times included."""
    hashes = {}
    with warehouse.connect(Role.TRANSFORMER) as connection:
        for name, query in CONTENTS.items():
            digest = hashlib.sha256()
            with connection.cursor().copy(f"copy ({query}) to stdout") as copy:  # type: ignore[arg-type]
                for block in copy:
                    digest.update(block)
            hashes[name] = digest.hexdigest()
    return hashes


def run_count(warehouse: Warehouse) -> int:
    with warehouse.connect() as connection:
        row = connection.execute("select count(*) from dagster.runs").fetchone()
    return int(row[0]) if row else 0


def test_a_second_run_with_nothing_new_starts_nothing(run_to_break: Company) -> None:
    before, runs = contents(run_to_break.warehouse), run_count(run_to_break.warehouse)
    began = time.monotonic()
    text = run_to_break.run()
    seconds = time.monotonic() - began
    assert "Up to date" in text
    assert contents(run_to_break.warehouse) == before
    assert run_count(run_to_break.warehouse) == runs
    assert seconds <= 30, f"a run with nothing new took {seconds:.0f} s"


def test_building_everything_again_gives_the_same_rows(run_to_break: Company) -> None:
    before = contents(run_to_break.warehouse)
    with run_to_break.warehouse.connect() as connection:
        connection.execute("delete from monitoring.build_ledger")
    text = run_to_break.run()
    assert "Up to date" not in text
    assert contents(run_to_break.warehouse) == before


def test_a_table_of_an_older_version_names_the_command_that_builds_it_again(run_to_break: Company) -> None:
    before = contents(run_to_break.warehouse)
    with run_to_break.warehouse.connect() as connection:
        connection.execute("alter table analytics.user_monthly_property add column of_an_older_version integer")
        connection.execute("delete from monitoring.build_ledger where step <> 'package'")
    done = run_to_break.bellwether("run", "--customers", str(CUSTOMERS), "--months", str(MONTHS))
    assert done.returncode == 1
    assert "bellwether run --full-refresh" in " ".join(done.stderr.replace("│", " ").split())
    run_to_break.run("--full-refresh")
    assert contents(run_to_break.warehouse) == before


def test_scoring_a_month_again_touches_no_row(run_to_break: Company) -> None:
    before = contents(run_to_break.warehouse)
    done = run_to_break.bellwether("score", "--month", "2025-12")
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(run_to_break.warehouse) == before


def test_scoring_an_unbuilt_month_lists_built_months(run_to_break: Company) -> None:
    done = run_to_break.bellwether("score", "--month", "2031-01")
    assert done.returncode == 1
    assert "2024-01-01 to 2025-12-01" in done.stderr.replace("\n", " ")
