"""Suites on real tables: what they find, how much they ask, what they keep."""

from __future__ import annotations

import pytest

from expectations.great_expectations_session import counted_statements
from expectations.registry import suite_named
from expectations.run import run_suite, run_suite_months
from expectations.stored_results import stored_results
from warehouse.checks import blocking_failures
from warehouse.connection import Role, Warehouse

_CUSTOMERS = """
insert into crm.customer (customer_code, name, email, phone, age, tenure, known_at)
select 'C' || i, 'Person ' || i, 'c' || i || '@customers.example', '010', 40, 3, '2024-01-01'
from generate_series(1, 1000) as i
"""
_SNAPSHOTS = """
insert into source.user_monthly_features (ccod, snapshot_month, contract_info, known_at, content_hash, batch_id)
select 'C' || i, %(month)s::date, '{}', %(month)s::date + 32, md5(i::text), 1 from generate_series(1, %(count)s) as i
"""


@pytest.fixture
def customers(any_warehouse: Warehouse) -> Warehouse:
    """A thousand customers nothing is wrong with."""
    with any_warehouse.connect(Role.LOADER) as connection:
        connection.execute(_CUSTOMERS)
    return any_warehouse


def spoil(warehouse: Warehouse, assignment: str, where: str) -> None:
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute(f"update crm.customer set {assignment} where {where}".encode())


def blocked(warehouse: Warehouse, relation: str, month: str | None = None) -> list[str]:
    with warehouse.connect(Role.MODEL) as connection:
        return [str(one) for one in blocking_failures(connection, [relation], month)]


def test_every_bad_row_is_found_counted_by_reason_and_kept(customers: Warehouse) -> None:
    spoil(customers, "age = 130", "id <= 300")
    spoil(customers, "tenure = -1, name = ' '", "id between 300 and 309")
    report = run_suite(customers, "crm.customer", run_id="r1")
    assert not report.passed
    assert report.is_blocking
    assert (report.rows_checked, report.rows_failed) == (1000, 309)
    assert report.reasons == {
        "age is not between 0 and 120 years": 300,
        "name is blank": 10,
        "tenure is negative": 10,
    }
    assert report.statements <= 15
    with customers.connect(Role.ANALYST) as connection:
        kept = connection.execute(
            'select count(*), max(reason) filter (where row_key = \'{"customer_code": "C300"}\') '
            "from monitoring.check_failure where check_result_id = %s",
            [report.check_result_id],
        ).fetchone()
    assert kept == (309, "age is not between 0 and 120 years; tenure is negative; name is blank")
    (text,) = blocked(customers, "crm.customer")
    assert "309 bad rows" in text
    assert "300 rows: age is not between 0 and 120 years" in text


def test_blocked_step_runs_after_rows_are_corrected(customers: Warehouse) -> None:
    spoil(customers, "age = 130", "id = 1")
    run_suite(customers, "crm.customer")
    assert blocked(customers, "crm.customer")
    spoil(customers, "age = 13", "id = 1")
    assert run_suite(customers, "crm.customer").passed
    assert blocked(customers, "crm.customer") == []


def test_warning_is_recorded_and_does_not_block(customers: Warehouse) -> None:
    spoil(customers, "phone = null", "id <= 600")
    report = run_suite(customers, "crm.customer")
    assert [one.figure for one in report.failed] == ["filled_ratio_min"]
    assert (report.passed, report.severity, report.is_blocking) == (False, "warn", False)
    assert report.failed[0].observed == 0.4
    assert blocked(customers, "crm.customer") == []


def test_a_month_is_judged_by_itself_and_beside_the_month_before(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect(Role.LOADER) as connection:
        connection.execute(
            "select source.ensure_partitions('source.user_monthly_features', '2024-01-01', '2024-03-01')"
        )
        for month, count in (("2024-01-01", 1000), ("2024-02-01", 400), ("2024-03-01", 410)):
            connection.execute(_SNAPSHOTS, {"month": month, "count": count})
    months = ["2024-01-01", "2024-02-01", "2024-03-01"]
    reports = run_suite_months(any_warehouse, "source.user_monthly_features", months)
    assert [report.rows_checked for report in reports] == [1000, 400, 410]
    assert [[one.figure for one in report.failed] for report in reports] == [[], ["volume_change_ratio"], []]
    assert max(report.statements for report in reports) <= 15
    assert [partition for _, partition, _ in stored_results(any_warehouse)] == months


def test_a_failing_month_stops_that_month_only(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect(Role.LOADER) as connection:
        for month in ("2024-01-01", "2024-02-01"):
            connection.execute(_SNAPSHOTS, {"month": month, "count": 5})
        connection.execute(
            "update source.user_monthly_features set contract_info = null where snapshot_month = '2024-02-01'"
        )
    run_suite_months(any_warehouse, "source.user_monthly_features", ["2024-01-01", "2024-02-01"])
    assert blocked(any_warehouse, "source.user_monthly_features", "2024-01-01") == []
    assert len(blocked(any_warehouse, "source.user_monthly_features", "2024-02-01")) == 1


def test_an_empty_table_of_an_optional_system_passes_and_the_customer_table_may_not_be_empty(
    warehouse: Warehouse,
) -> None:
    assert run_suite(warehouse, "source.message").passed
    report = run_suite(warehouse, "crm.customer")
    assert [one.figure for one in report.failed] == ["row_count_min"]
    assert report.is_blocking


def test_messages_that_stop_while_snapshots_go_on_are_noticed(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute(
            "insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status) "
            "values ('p', 'c', 'f', repeat('0', 64), 't', 'loaded')"
        )
        connection.execute("insert into source.load_month values (1, '2024-03-01', 5)")
        connection.execute(
            "insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id) "
            "values ('R1', '2024-03-10', 'C1', 'hello', '2024-03-10', md5('x'), 1)"
        )
    assert [one.figure for one in run_suite(warehouse, "source.message").failed] == ["freshness_days"]
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute("update source.message set received_at = '2024-03-25', known_at = '2024-03-25'")
    assert run_suite(warehouse, "source.message").passed


def test_great_expectations_fetches_no_table_and_asks_little(customers: Warehouse) -> None:
    with counted_statements() as statements:
        report = run_suite(customers, "crm.customer")
    assert len(statements) < report.statements <= 15
    unlimited = [one for one in statements if one.lower().startswith("select *") and "reason" not in one]
    assert unlimited == []


def test_an_expectation_that_cannot_be_asked_is_an_error_not_a_finding(customers: Warehouse) -> None:
    with customers.connect(Role.OWNER) as connection:
        connection.execute("alter table crm.customer rename column age to years")
    with pytest.raises(RuntimeError, match="could not be evaluated"):
        run_suite(customers, "crm.customer")
    assert suite_named("crm.customer").name == "crm.customer"
