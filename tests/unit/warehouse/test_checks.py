"""Recorded checks, and what the gate answers from them."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from warehouse.checks import CheckRecord, blocking_failures, record_checks
from warehouse.connection import Role, Warehouse

FAILED = CheckRecord(
    layer="staging",
    relation="staging.a",
    check_name="rows",
    tool="great_expectations",
    passed=False,
    is_blocking=True,
    severity="error",
    rows_checked=10,
    rows_failed=3,
    details={"summary": "three rows are odd"},
)
PASSED = replace(FAILED, passed=True, rows_failed=0, details={})
JANUARY = replace(FAILED, partition_key="2024-01-01")


def record(warehouse: Warehouse, *records: CheckRecord) -> list[int]:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        return record_checks(connection, records, run_id="run-1")


def failures(warehouse: Warehouse, *relations: str, month: str | None = None) -> list[str]:
    with warehouse.connect(Role.MODEL) as connection:
        return [str(one) for one in blocking_failures(connection, relations, month)]


def test_failed_blocking_check_as_text(warehouse: Warehouse) -> None:
    record(warehouse, FAILED)
    assert failures(warehouse, "staging.a", "staging.b") == [
        "staging.a: rows (great_expectations, 3 bad rows): three rows are odd"
    ]
    assert failures(warehouse, "staging.b") == []


def test_only_the_latest_result_counts_in_both_directions(warehouse: Warehouse) -> None:
    record(warehouse, FAILED, PASSED)
    assert failures(warehouse, "staging.a") == []
    record(warehouse, FAILED)
    assert len(failures(warehouse, "staging.a")) == 1


def test_checks_of_one_name_and_different_tools_do_not_hide_each_other(warehouse: Warehouse) -> None:
    record(warehouse, FAILED, replace(PASSED, tool="dbt"))
    assert len(failures(warehouse, "staging.a")) == 1


def test_a_month_is_stopped_by_its_own_checks_and_those_of_whole_tables(warehouse: Warehouse) -> None:
    record(warehouse, JANUARY)
    assert len(failures(warehouse, "staging.a", month="2024-01-01")) == 1
    assert failures(warehouse, "staging.a", month="2024-02-01") == []
    assert len(failures(warehouse, "staging.a")) == 1, "who builds every month asks every month's checks"
    record(warehouse, FAILED)
    assert len(failures(warehouse, "staging.a", month="2024-02-01")) == 1


def test_a_month_that_passes_does_not_lift_another(warehouse: Warehouse) -> None:
    record(warehouse, JANUARY, replace(PASSED, partition_key="2024-02-01"))
    assert len(failures(warehouse, "staging.a")) == 1


def test_warnings_and_non_blocking_checks_do_not_stop(warehouse: Warehouse) -> None:
    record(warehouse, replace(FAILED, is_blocking=False, severity="warn"))
    assert failures(warehouse, "staging.a") == []


def test_records_come_back_with_their_ids_in_order(warehouse: Warehouse) -> None:
    first, second = record(warehouse, FAILED, PASSED)
    assert first < second
    with warehouse.connect() as connection:
        row = connection.execute(
            "select passed, run_id, details ->> 'summary' from monitoring.check_result where check_result_id = %s",
            [first],
        ).fetchone()
    assert row == (False, "run-1", "three rows are odd")


def test_an_unknown_tool_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        record(warehouse, replace(FAILED, tool="guess"))  # type: ignore[arg-type]
