"""Purchases, one a row, gathered into monthly snapshots; codes looked up; customers named in many rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.data_packages import load_files, rows, write_package
from warehouse.connection import Warehouse
from warehouse.loading import FileRefusedError, LoadError, load_package, replay
from warehouse.packages import PackageError

# made up; Seoul is nine hours ahead: the second purchase is of February there
PURCHASES = """\
who,bill,article,at,pieces,paid
C1,B1,A1,2023-01-31T14:59:59Z,1,10.5
C1,B2,A2,2023-01-31T15:00:00Z,2,-20
C2,B3,A9,2023-03-05T00:00:00Z,1,5
C1,B4,A1,2024-02-10T00:00:00Z,1,7
"""
ARTICLES = "article,kind\nA1,Old\nA1,Bread\nA2, Milk \n"
LOOKUPS = {"kind": {"path": "articles.csv", "match": "article", "take": "kind"}}
CUSTOMER = {
    "distinct": True,
    "known_at": {"constant": "2022-12-31"},
    "columns": {"customer_code": "who", "name": "who", "email": {"template": "{who}@customer.invalid"}},
}
PURCHASE = {
    "columns": {
        "ccod": "who",
        "purchase_id": "bill",
        "product_code": {"from": "article", "lookup": "kind"},
        "purchased_at": "at",
        "quantity": "pieces",
        "amount": "paid",
    }
}
BOUGHT = """
select ccod, snapshot_month, array(select item ->> 'purchase_id' from jsonb_array_elements(purchase_logs) as item)
from source.user_monthly_features order by ccod, snapshot_month, known_at
"""


def files(folder: Path, content: str = PURCHASES) -> dict[str, Any]:
    (folder / "articles.csv").write_text(ARTICLES, encoding="utf-8")
    return {"c.csv": ("crm.customer", content, CUSTOMER), "p.csv": ("source.purchase", content, PURCHASE)}


def load(warehouse: Warehouse, folder: Path, content: str = PURCHASES) -> Any:
    return load_files(warehouse, folder, files(folder, content), lookups=LOOKUPS)


def test_a_snapshot_holds_the_twelve_months_before_its_cut_off(warehouse: Warehouse, tmp_path: Path) -> None:
    report = load(warehouse, tmp_path)
    bought = {(code, month): bills for code, month, bills in rows(warehouse, BOUGHT)}
    assert len(bought) == 14 + 12  # from each one's first month to the newest of anybody
    assert bought["C1", date(2023, 1, 1)] == ["B1"]
    assert bought["C1", date(2023, 2, 1)] == ["B1", "B2"]
    assert bought["C1", date(2023, 12, 1)] == ["B1", "B2"]
    assert bought["C1", date(2024, 1, 1)] == ["B2"]
    assert bought["C1", date(2024, 2, 1)] == ["B4"]
    assert bought["C2", date(2024, 2, 1)] == ["B3"]
    assert report.months_changed[0] == date(2023, 1, 1)
    cut_off = "select known_at from source.user_monthly_features where ccod = 'C1' and snapshot_month = '2023-01-01'"
    assert rows(warehouse, cut_off) == [(datetime(2023, 1, 31, 15, tzinfo=UTC),)]


def test_a_purchase_reads_as_in_the_documents_and_its_code_is_looked_up(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, tmp_path)
    query = "select purchase_logs, contract_info from source.user_monthly_features where snapshot_month = '2023-03-01'"
    of_c1, of_c2 = rows(warehouse, query + " order by ccod")
    assert of_c1[1] is None
    assert of_c1[0][0] == {
        "purchase_id": "B1", "product_code": "Bread", "product_name": None, "quantity": 1, "amount": 10.5,
        "purchased_at": "2023-01-31T14:59:59.000000Z",
    }  # fmt: skip
    assert [purchase["product_code"] for purchase in of_c1[0]] == ["Bread", "Milk"]
    assert of_c2[0][0]["product_code"] is None  # no article of this code


def test_a_customer_in_many_rows_is_one_and_no_fault(warehouse: Warehouse, tmp_path: Path) -> None:
    report = load(warehouse, tmp_path)
    customer = next(batch for batch in report.batches if batch.target == "crm.customer")
    assert (customer.rows_read, customer.rows_loaded, customer.rows_quarantined) == (4, 2, 0)
    assert rows(warehouse, "select customer_code from crm.customer order by 1") == [("C1",), ("C2",)]


def test_a_longer_file_adds_months_and_leaves_the_others(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, tmp_path)
    before = rows(warehouse, BOUGHT)
    report = load(warehouse, tmp_path, PURCHASES + "C2,B5,A1,2024-03-01T00:00:00Z,1,1\n")
    purchase = next(batch for batch in report.batches if batch.target == "source.purchase")
    assert (purchase.rows_loaded, purchase.rows_unchanged) == (2, 26)
    assert [row for row in rows(warehouse, BOUGHT) if row[1] < date(2024, 3, 1)] == before


def test_a_month_that_has_not_ended_has_no_snapshot(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, tmp_path, "who,bill,article,at,pieces,paid\nC1,B1,A1,2190-01-05T00:00:00Z,1,1\n")
    assert rows(warehouse, BOUGHT) == []


def test_another_lookup_is_another_load(warehouse: Warehouse, tmp_path: Path) -> None:
    package = write_package(tmp_path, files(tmp_path), lookups=LOOKUPS)
    load_package(warehouse, package)
    assert {batch.status for batch in load_package(warehouse, package).batches} == {"skipped"}
    (tmp_path / "articles.csv").write_text(ARTICLES.replace("Bread", "Cake"), encoding="utf-8")
    again = {batch.target: batch.status for batch in load_package(warehouse, package).batches}
    assert again == {"crm.customer": "skipped", "source.purchase": "loaded"}


def test_bad_purchases_wait_in_quarantine_and_are_not_replayed_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, tmp_path, PURCHASES + "C1,B6,A1,never,1,1\nC1,B1,A1,2023-01-01T00:00:00Z,1,1\n")
    reasons = "select line_number, reason_code from quarantine.rejected_row order by 1"
    assert rows(warehouse, reasons) == [(2, "duplicate_key"), (6, "unreadable_value")]
    with pytest.raises(LoadError, match="correct the file"):
        replay(warehouse)


def test_a_lookup_without_its_column_stops_the_load(warehouse: Warehouse, tmp_path: Path) -> None:
    lookups = {"kind": {**LOOKUPS["kind"], "take": "sort"}}
    with pytest.raises(FileRefusedError, match=r"articles\.csv:1, column sort: lookup kind reads it"):
        load_files(warehouse, tmp_path, files(tmp_path), lookups=lookups)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lookups": {}}, "kind is not a lookup"),
        ({"lookups": {"kind": {**LOOKUPS["kind"], "path": "none.csv"}}}, "0 files match none.csv"),
        ({"more": ("source.user_monthly_features", "", {})}, "this package has its own"),
        ({"more": ("source.purchase", PURCHASES, PURCHASE)}, "join the files"),
    ],
)
def test_invalid_purchase_is_reported_with_its_line(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    given = files(tmp_path) | ({"more.csv": change["more"]} if "more" in change else {})
    with pytest.raises(PackageError, match=rf"package\.yml:\d+:\d+: .*{words}"):
        write_package(tmp_path, given, lookups=change.get("lookups", LOOKUPS))
