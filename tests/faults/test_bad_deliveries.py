"""Deliveries that are not what they were: another schema, a month twice, a month left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from expectations.run import run_suite
from tests.data_packages import customers, load_files, rows, snapshot, snapshots
from tests.dbt_builds import build_models
from tests.faults.recovery_times import Recovery
from tests.risk_world import MONTHS, insert_company
from warehouse.checks import blocking_failures
from warehouse.connection import Role, Warehouse
from warehouse.loading import FileRefusedError, RejectLimitExceededError

pytestmark = pytest.mark.faults
KNOWN = "select ccod, snapshot_month, known_at, content_hash from source.user_monthly_features order by 1, 2, 3"
FAIL_ON_WARNINGS = ("--warn-error-options", '{"error": ["LogTestResult"]}')
MISSING = "snapshot_month = '2025-08-01'"
STAGED = "staging.base_deskroom__snapshot"
LABELS = """
select customer_code, as_of_date, label, known_at from intermediate.int_outcomes__label
where as_of_date <> '2025-09-01' order by 1, 2
"""


def month(name: str, *, without: str = "", **more: Any) -> tuple[str, bytes, dict[str, Any]]:
    """A month of snapshots of two customers, in which a column may be missing and others may be added."""
    found = [{**snapshot(code, name), **more} for code in ("C1", "C2")]
    return snapshots(*({key: value for key, value in one.items() if key != without} for one in found))


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"without": "ccod", "customer": "C1"}, FileRefusedError, "ccod"),
        ({"without": "snapshot_month", "month": "2024-02"}, FileRefusedError, "snapshot_month"),
        ({"contract_info": "none"}, RejectLimitExceededError, "contract_info"),
        ({"contract_info": [1, 2]}, RejectLimitExceededError, "contract_info"),
    ],
    ids=["key renamed", "month renamed", "document is text", "document is a list"],
)
def test_another_schema_is_refused_whole_by_its_column_and_the_right_file_loads(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery, changed: dict[str, Any], error: Any, says: str
) -> None:
    first = {"c.csv": customers(), "s/1.jsonl": month("2024-01")}
    load_files(warehouse, tmp_path, first, reject_limit_ratio=0.1)
    before = rows(warehouse, KNOWN)
    with pytest.raises(error, match=says):
        load_files(warehouse, tmp_path, first | {"s/2.jsonl": month("2024-02", **changed)}, reject_limit_ratio=0.1)
    assert rows(warehouse, KNOWN) == before, "nothing of the delivery is kept"
    with recovery():
        load_files(warehouse, tmp_path, first | {"s/2.jsonl": month("2024-02")}, reject_limit_ratio=0.1)
    assert len(rows(warehouse, KNOWN)) == 4


def test_a_document_that_is_no_longer_delivered_blocks_its_month_and_no_other(
    warehouse: Warehouse, tmp_path: Path, recovery: Recovery
) -> None:
    files = {"c.csv": customers(), "s/1.jsonl": month("2024-01")}
    renamed = month("2024-02", without="contract_info", contracts_v2={"contracts": []}, user_information={"name": "K"})
    report = load_files(warehouse, tmp_path, files | {"s/2.jsonl": renamed})
    assert "ignored columns: contracts_v2" in report.batches[-1].notes
    checked = {name: judge(warehouse, name) for name in ("2024-01-01", "2024-02-01")}
    assert checked["2024-01-01"] == []
    assert len(checked["2024-02-01"]) == 1
    assert "expectations" in checked["2024-02-01"][0], "every later step refuses the month by this check"
    # known within the days after the month in which corrections still count for it
    corrected = month("2024-02", user_information={"name": "K"}, known_at="2024-03-03T00:00:00Z")
    with recovery():
        load_files(warehouse, tmp_path, files | {"s/2.jsonl": corrected})
        assert judge(warehouse, "2024-02-01") == []


def judge(warehouse: Warehouse, name: str) -> list[str]:
    """Build and check a month; returns what blocks it."""
    build_models(warehouse, "+base_deskroom__snapshot", timezone="Asia/Seoul", months=[name])
    run_suite(warehouse, STAGED, name)
    with warehouse.connect(Role.MODEL) as connection:
        return [str(one) for one in blocking_failures(connection, [STAGED], name)]


def test_a_month_delivered_twice_adds_nothing(warehouse: Warehouse, tmp_path: Path, recovery: Recovery) -> None:
    files = {"c.csv": customers(), "s/1.jsonl": month("2024-01")}
    load_files(warehouse, tmp_path, files)
    before = rows(warehouse, KNOWN)
    with recovery():
        again = load_files(warehouse, tmp_path, files | {"s/copy.jsonl": month("2024-01", extra_column=1)})
    assert [(one.status, one.rows_loaded) for one in again.batches] == [("skipped", 0), ("skipped", 0), ("loaded", 0)]
    assert again.batches[-1].rows_unchanged == 2
    assert again.months_changed == (), "nothing is built again"
    assert rows(warehouse, KNOWN) == before


def test_missing_month_is_reported_and_complete_after_late_arrival(warehouse: Warehouse, recovery: Recovery) -> None:
    insert_company(warehouse)
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    whole = rows(warehouse, LABELS)
    with warehouse.connect(Role.OWNER) as connection:
        for table in ("user_monthly_features", "load_month"):
            connection.execute(f"create table quarantine.{table} as select * from source.{table} where {MISSING}")
            connection.execute(f"delete from source.{table} where {MISSING}")
    rest = [name for name in MONTHS if name != "2025-08-01"]
    with pytest.raises(Exception, match="assert_no_month_of_snapshots_is_missing"):
        build_models(warehouse, "base_deskroom__month", with_tests=True, flags=FAIL_ON_WARNINGS)
    build_models(warehouse, "+int_outcomes__label", months=rest)
    assert rows(warehouse, LABELS) == whole
    with warehouse.connect(Role.OWNER) as connection, recovery():
        for table in ("user_monthly_features", "load_month"):
            connection.execute(f"insert into source.{table} overriding system value select * from quarantine.{table}")
    build_models(warehouse, "base_deskroom__month", with_tests=True)
