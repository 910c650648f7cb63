"""The package of the public credit-card file: on a few rows in its shape, and on the file where it is at hand."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.data_packages import rows
from warehouse.connection import Warehouse
from warehouse.loading import load_package
from warehouse.months import as_of_instant
from warehouse.packages import DataPackage

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "examples" / "card_default"
HEADER = (
    '"ID","LIMIT_BAL","SEX","EDUCATION","MARRIAGE","AGE","PAY_0","PAY_2","PAY_3","PAY_4","PAY_5","PAY_6",'
    '"BILL_AMT1","BILL_AMT2","BILL_AMT3","BILL_AMT4","BILL_AMT5","BILL_AMT6",'
    '"PAY_AMT1","PAY_AMT2","PAY_AMT3","PAY_AMT4","PAY_AMT5","PAY_AMT6","default.payment.next.month"\n'
)
# made up, in the file's shape
ROWS = (
    HEADER
    + "71,50000,2,1,2,33,2,0,-1,-2,0,1,1250,-30,0,700,800,900,1000,0,50,60,70,80,1\n"
    + "72,200000,1,5,0,48,-1,-1,-1,-1,-1,-1,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
)
given = os.environ.get("BELLWETHER_CARD_FILE")
REAL_FILE = Path(given) if given else ROOT.parent / "shared" / "data" / "card_default" / "UCI_Credit_Card.csv.gz"


@pytest.fixture
def made_up(tmp_path: Path) -> DataPackage:
    path = tmp_path / "card.csv"
    path.write_text(ROWS)
    return DataPackage.read(PACKAGE, {"": path})


def test_every_column_finds_its_place(warehouse: Warehouse, made_up: DataPackage) -> None:
    report = load_package(warehouse, made_up)
    assert [b.rows_loaded for b in report.batches] == [2, 2]
    assert report.months_changed == (date(2005, 9, 1),)
    ((name, email, age, attributes),) = rows(
        warehouse, "select name, email, age, attributes from crm.customer where customer_code = '71'"
    )
    assert (name, email, age) == ("Client 71", "71@client.invalid", 33)
    assert attributes == {
        "credit_limit": 50000, "gender": "female", "education": "graduate school", "marital_status": "single",
        "delay_september": 2, "delay_august": 0, "delay_july": -1, "delay_june": -2, "delay_may": 0, "delay_april": 1,
        "bill_september": 1250, "bill_august": -30, "bill_july": 0, "bill_june": 700, "bill_may": 800,
        "bill_april": 900, "paid_september": 1000, "paid_august": 0, "paid_july": 50, "paid_june": 60, "paid_may": 70,
        "paid_april": 80,
    }  # fmt: skip
    unexplained = "select attributes ->> 'education', attributes ->> 'marital_status' from crm.customer order by id"
    assert rows(warehouse, unexplained)[1] == ("unknown", "unknown")
    mapped = {
        column
        for entry in made_up.files
        for mapping in [*(entry.columns or {}).values(), *entry.attributes.values()]
        for column in mapping.source_columns
    }
    assert set(HEADER.strip().replace('"', "").split(",")) == mapped


def test_the_label_is_the_second_target_and_known_when_it_would_have_matured(
    warehouse: Warehouse, made_up: DataPackage
) -> None:
    load_package(warehouse, made_up)
    labels = "select customer_code, target_name, as_of_date, label from source.outcome_label order by 1"
    assert rows(warehouse, labels) == [
        ("71", "payment_default", date(2005, 10, 1), 1),
        ("72", "payment_default", date(2005, 10, 1), 0),
    ]
    # one month and twenty-eight days after T, or later
    ((known_at,),) = rows(warehouse, "select distinct known_at from source.outcome_label")
    assert known_at >= datetime(2005, 11, 29, tzinfo=UTC)
    as_of = as_of_instant(date(2005, 9, 1), "Asia/Taipei")
    assert rows(warehouse, "select count(*) from crm.customer_version where known_at >= %s", as_of) == [(0,)]


@pytest.mark.skipif(not REAL_FILE.is_file(), reason="no public card file: set BELLWETHER_CARD_FILE to its path")
def test_the_public_file_loads_whole(warehouse: Warehouse) -> None:
    report = load_package(warehouse, DataPackage.read(PACKAGE, {"": REAL_FILE}))
    assert [(b.rows_read, b.rows_loaded, b.rows_quarantined) for b in report.batches] == [(30_000, 30_000, 0)] * 2
    assert rows(warehouse, "select sum(label) from source.outcome_label") == [(6636,)]
