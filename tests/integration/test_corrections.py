"""Corrections: what is known later is a later row; nothing on record is ever changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data_packages import CUSTOMERS, customers, load_files, rows, snapshot, snapshots
from warehouse.connection import Warehouse

FEES = (
    "select known_at, (contract_info -> 'contracts' -> 0 ->> 'monthly_fee')::int "
    "from source.user_monthly_features order by known_at"
)
CUT_OFF = datetime(2024, 1, 31, 15, tzinfo=UTC)


def load_snapshots(warehouse: Warehouse, folder: Path, *entries: Any) -> list[tuple[int, int]]:
    files = {"c.csv": customers(), **{f"s{number}.jsonl": entry for number, entry in enumerate(entries)}}
    report = load_files(warehouse, folder, files)
    return [(b.rows_loaded, b.rows_unchanged) for b in report.batches if b.target != "crm.customer"]


def test_a_correction_without_a_time_is_known_from_its_loading(warehouse: Warehouse, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    first, second = snapshots(snapshot("C1", "2024-01", 100)), snapshots(snapshot("C1", "2024-01", 200))
    assert load_snapshots(warehouse, tmp_path, first) == [(1, 0)]
    assert load_snapshots(warehouse, tmp_path, first, second) == [(0, 0), (1, 0)]
    (at_first, fee_first), (at_second, fee_second) = rows(warehouse, FEES)
    assert (at_first, fee_first, fee_second) == (CUT_OFF, 100, 200)
    assert before < at_second <= datetime.now(UTC)


def test_stated_times_hold_in_any_order_of_arrival(warehouse: Warehouse, tmp_path: Path) -> None:
    entries = [
        snapshots(snapshot("C1", "2024-01", fee, known_at=f"2024-02-{day:02}T00:00:00Z"))
        for day, fee in ((9, 300), (5, 200), (7, 200))
    ]
    assert load_snapshots(warehouse, tmp_path, *entries) == [(1, 0), (1, 0), (1, 0)]
    assert rows(warehouse, FEES) == [
        (datetime(2024, 2, 5, tzinfo=UTC), 200),
        (datetime(2024, 2, 7, tzinfo=UTC), 200),  # an earlier one may still arrive in between
        (datetime(2024, 2, 9, tzinfo=UTC), 300),
    ]


def test_a_file_of_corrections_with_one_constant_time(warehouse: Warehouse, tmp_path: Path) -> None:
    late = snapshots(snapshot("C1", "2024-01", 250), known_at={"constant": "2024-02-03T00:00:00Z"})
    assert load_snapshots(warehouse, tmp_path, snapshots(snapshot("C1", "2024-01")), late) == [(1, 0), (1, 0)]
    assert rows(warehouse, FEES)[1] == (datetime(2024, 2, 3, tzinfo=UTC), 250)
    assert load_snapshots(warehouse, tmp_path, snapshots(snapshot("C1", "2024-01")), late) == [(0, 0), (0, 0)]


def test_other_content_at_a_known_instant_is_later_knowledge_once(warehouse: Warehouse, tmp_path: Path) -> None:
    at = {"known_at": "2024-02-01T00:00:00Z"}
    one, other = snapshot("C1", "2024-01", 100, **at), snapshot("C1", "2024-01", 200, **at)
    assert load_snapshots(warehouse, tmp_path, snapshots(one), snapshots(other)) == [(1, 0), (1, 0)]
    assert load_snapshots(warehouse, tmp_path, snapshots(one), snapshots(other), snapshots(other, one)) == [
        (0, 0),
        (0, 0),
        (0, 1),  # of two rows with one key and one known_at in a file the last stays
    ]
    assert len(rows(warehouse, FEES)) == 2


def test_going_back_to_an_older_state_is_kept_too(warehouse: Warehouse, tmp_path: Path) -> None:
    for state in ("true", "false", "true"):
        content = CUSTOMERS.replace("email\n", "email,active\n").replace("invalid\n", f"invalid,{state}\n")
        load_files(warehouse, tmp_path, {"c.csv": customers(content + f"C3,{state},c3@customer.invalid,{state}\n")})
    states = "select active from crm.customer_version where customer_code = 'C3' order by known_at"
    assert rows(warehouse, states) == [(True,), (False,)]  # the third file has the bytes of the first
    load_files(warehouse, tmp_path, {"c.csv": customers(content.replace("Kim", "Kim "))})
    assert rows(warehouse, states.replace("C3", "C2")) == [(True,), (False,), (True,)]


def test_the_crm_shows_the_latest_version_under_an_id_that_stays(warehouse: Warehouse, tmp_path: Path) -> None:
    later = customers(CUSTOMERS.replace("Kim", "Kim Min"), known_at={"constant": "2024-03-01T00:00:00Z"})
    earlier = customers(CUSTOMERS.replace("Kim", "Kimm"), known_at={"constant": "2024-02-01T00:00:00Z"})
    load_files(warehouse, tmp_path, {"c.csv": customers(known_at={"constant": "2024-01-01T00:00:00Z"})})
    who = "select id, customer_code, name from crm.customer order by customer_code"
    first = rows(warehouse, who)
    load_files(warehouse, tmp_path, {"c.csv": later})
    assert rows(warehouse, who) == [(first[0][0], "C1", "Kim Min"), first[1]]
    stated = CUSTOMERS.replace("Kim", "Kimm").replace("email\n", "email,known_at\n").replace("d\n", "d,2024-02-01\n")
    load_files(warehouse, tmp_path, {"c.csv": customers(stated)})
    assert rows(warehouse, who)[0][2] == "Kim Min"  # what is known earlier is not the latest
    assert rows(warehouse, "select name from crm.customer_version where customer_code = 'C1' order by known_at") == [
        ("Kim",),
        ("Kimm",),
        ("Kim Min",),
    ]
    assert earlier[0] == "crm.customer"


def test_a_payment_is_later_knowledge_of_the_same_invoice(warehouse: Warehouse, tmp_path: Path) -> None:
    head = "invoice_number,customer_code,amount,currency,issued_date,due_date,paid_date,status,known_at\n"
    content = (
        head + "N1,C1,10,KRW,2024-01-01,2024-01-31,,pending,2024-01-01T00:00:00Z\n"
        "N1,C1,10,KRW,2024-01-01,2024-01-31,2024-02-05,paid,2024-02-05T00:00:00Z\n"
    )
    load_files(warehouse, tmp_path, {"c.csv": customers(), "p.csv": ("collections.payment_records", content, {})})
    assert rows(warehouse, "select status, paid_date from collections.payment_records order by known_at") == [
        ("pending", None),
        ("paid", date(2024, 2, 5)),
    ]


def test_corrected_message_keeps_its_first_known_at(warehouse: Warehouse, tmp_path: Path) -> None:
    content = "rcno,received_at,ccod,content\nR1,2024-01-05T00:00:00Z,C1,{}\n"
    for text in ("ants", "ants and mice"):
        entry = ("source.message", content.format(text), {})
        load_files(warehouse, tmp_path, {"c.csv": customers(), "m.csv": entry})
    assert rows(warehouse, "select content, known_at, updated_at > created_at from source.message") == [
        ("ants and mice", datetime(2024, 1, 5, tzinfo=UTC), True)
    ]


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 20)), min_size=1, max_size=8))
def test_random_versions_give_the_same_history_in_one_file_or_many(
    warehouse: Warehouse, module_folder: Path, stream: list[tuple[int, int, int]]
) -> None:
    """Whatever comes, reloading it changes nothing, and each version is in force from its own instant."""
    with warehouse.connect() as connection:
        connection.execute(
            "truncate source.data_package, source.load_batch, source.user_monthly_features, crm.customer cascade"
        )
        connection.execute("truncate crm.customer_version, quarantine.rejected_row")
    versions = {
        (day, customer): snapshot(f"C{customer}", "2024-01", fee, known_at=f"2024-02-{day:02}T00:00:00Z")
        for customer, fee, day in stream
        if customer < 3
    }
    entries = [snapshots(row) for row in versions.values()]
    load_snapshots(warehouse, module_folder, *entries)
    everything = "select ccod, known_at, content_hash from source.user_monthly_features order by 1, 2"
    history = rows(warehouse, everything)
    load_snapshots(warehouse, module_folder, snapshots(*versions.values()))
    assert rows(warehouse, everything) == history
    for (day, customer), row in versions.items():
        in_force = rows(
            warehouse,
            "select (contract_info -> 'contracts' -> 0 ->> 'monthly_fee')::int from source.user_monthly_features "
            "where ccod = %s and known_at <= %s order by known_at desc limit 1",
            f"C{customer}",
            datetime(2024, 2, day, tzinfo=UTC),
        )
        assert in_force == [(row["contract_info"]["contracts"][0]["monthly_fee"],)]
