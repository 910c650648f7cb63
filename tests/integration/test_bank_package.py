"""The public bank file's package: on a few rows in its shape, and on the file itself where it is at hand."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.data_packages import rows
from warehouse.connection import Warehouse
from warehouse.loading import load_package
from warehouse.months import as_of_instant
from warehouse.packages import DataPackage

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "examples" / "bank_churn"
HEADER = (
    "RowNumber,CustomerId,Surname,CreditScore,Geography,Gender,Age,Tenure,Balance,NumOfProducts,HasCrCard,"
    "IsActiveMember,EstimatedSalary,Exited\n"
)
# made up, in the file's shape
ROWS = (
    HEADER
    + "1,9001,Moss,701,France,Female,33,4,0,2,1,0,50000.5,0\n2,9002,Reed,512,Spain,Male,61,9,1250.25,1,0,1,70000,1\n"
)
given = os.environ.get("BELLWETHER_BANK_FILE")
REAL_FILE = Path(given) if given else ROOT.parent / "shared" / "data" / "bank_churn" / "Churn_Modelling.csv"


def test_the_package_maps_every_column_but_the_line_number(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(ROWS)
    report = load_package(warehouse, DataPackage.read(PACKAGE, {"": path}))
    assert [b.rows_loaded for b in report.batches] == [2, 2]
    assert report.months_changed == (date(2023, 12, 1),)
    columns = "customer_code, name, email, age, tenure, balance, products, credit_card, active, salary, attributes"
    assert rows(warehouse, f"select {columns} from crm.customer order by 1") == [
        ("9001", "Moss", "9001@customer.invalid", 33, 4, 0, 2, True, False, 50000.5,
         {"credit_score": 701, "geography": "France", "gender": "Female"}),
        ("9002", "Reed", "9002@customer.invalid", 61, 9, 1250.25, 1, False, True, 70000,
         {"credit_score": 512, "geography": "Spain", "gender": "Male"}),
    ]  # fmt: skip
    labels = "select customer_code, target_name, as_of_date, label from source.outcome_label order by 1"
    assert rows(warehouse, labels) == [
        ("9001", "churn", date(2024, 1, 1), 0),
        ("9002", "churn", date(2024, 1, 1), 1),
    ]  # fmt: skip
    mapped = {
        name
        for entry in DataPackage.read(PACKAGE, {"": path}).files
        for mapping in [*(entry.columns or {}).values(), *entry.attributes.values()]
        for name in mapping.source_columns
    }
    assert set(HEADER.strip().split(",")) - mapped == {"RowNumber"}


def test_neither_the_label_nor_anything_late_is_known_as_of_the_date(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(ROWS)
    load_package(warehouse, DataPackage.read(PACKAGE, {"": path}))
    as_of = as_of_instant(date(2023, 12, 1), "UTC")
    assert rows(warehouse, "select count(*) from crm.customer_version where known_at > %s", as_of) == [(0,)]
    ((known_at,),) = rows(warehouse, "select distinct known_at from source.outcome_label")
    assert known_at == datetime(2024, 4, 15, tzinfo=UTC)  # three months and fourteen days after
    ((features,),) = rows(warehouse, "select jsonb_object_agg(key, 1) from crm.customer, jsonb_each(attributes)")
    assert set(features) == {"credit_score", "geography", "gender"}


def test_the_command_takes_the_path_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(ROWS)
    text = (
        (PACKAGE / "package.yml").read_text(encoding="utf-8").replace("company: bank", f"company: {warehouse.company}")
    )
    (tmp_path / "package.yml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["load", str(tmp_path), "--file", str(path)], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "source.outcome_label" in result.output
    assert rows(warehouse, "select count(*) from crm.customer") == [(2,)]
    other = CliRunner().invoke(app, ["load", str(PACKAGE), "--file", str(path)])
    assert other.exit_code != 0  # the bank's records into another company's warehouse
    assert rows(warehouse, "select count(*) from source.load_batch") == [(2,)]


@pytest.mark.skipif(not REAL_FILE.is_file(), reason="no public bank file: set BELLWETHER_BANK_FILE to its path")
def test_the_public_file_loads_whole(warehouse: Warehouse) -> None:
    package = DataPackage.read(PACKAGE, {"": REAL_FILE})
    report = load_package(warehouse, package)
    assert [(b.rows_read, b.rows_loaded, b.rows_quarantined) for b in report.batches] == [(10_000, 10_000, 0)] * 2
    assert rows(warehouse, "select sum(label) from source.outcome_label") == [(2037,)]
    assert [b.status for b in load_package(warehouse, package).batches] == ["skipped", "skipped"]
