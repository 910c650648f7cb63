"""What goes in comes out: random customers through CSV and the simulated company with all its faults."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data_packages import customers, load_files, rows
from warehouse.connection import Warehouse
from warehouse.loading import load_package
from warehouse.packages import DataPackage
from warehouse.sample import DeliveryFault, SampleOptions, generate

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=60)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
CUSTOMER = st.tuples(TEXT, NUMBER, st.none() | st.integers(-(2**31) + 1, 2**31 - 1), st.none() | st.booleans())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round_trip")


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CUSTOMER, min_size=1, max_size=20))
def test_any_customer_comes_out_as_it_went_in(
    warehouse: Warehouse, folder: Path, people: list[tuple[str, float | None, int | None, bool | None]]
) -> None:
    with warehouse.connect() as connection:
        connection.execute(
            "truncate source.data_package, source.load_batch, crm.customer, crm.customer_version cascade"
        )
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["customer_code", "name", "email", "salary", "tenure", "active"])
    for number, (name, salary, tenure, active) in enumerate(people):
        writer.writerow([f"C{number}", name, f"{number}@x.invalid", salary, tenure, active])
    report = load_files(warehouse, folder, {"c.csv": customers(buffer.getvalue())})
    assert report.rows_quarantined == 0
    found = rows(
        warehouse, "select name, salary, tenure, active from crm.customer order by substr(customer_code, 2)::int"
    )
    assert found == people


def test_the_simulated_company_with_every_fault_loads_and_nothing_is_lost(warehouse: Warehouse, tmp_path: Path) -> None:
    options = SampleOptions(customers=200, months=12, end_month=date(2025, 12, 1), faults=tuple(DeliveryFault))
    package = DataPackage.read(generate(tmp_path / "sample", options))
    report = load_package(warehouse, package)
    for batch in report.batches:
        assert batch.rows_read == batch.rows_loaded + batch.rows_unchanged + batch.rows_quarantined, batch
    found = {code for (code,) in rows(warehouse, "select distinct reason_code from quarantine.rejected_row")}
    assert found == {"duplicate_key", "bad_document"}
    assert rows(warehouse, "select count(*) from source.user_monthly_features_default") == [(0,)]
    assert {batch.status for batch in load_package(warehouse, package).batches} == {"skipped"}
