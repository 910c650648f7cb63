"""Bad rows: each kept with file, line and reason; corrected or waited for, and replayed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from cli import app
from tests.data_packages import CUSTOMERS, customers, load_files, rows, snapshot, snapshots
from warehouse.connection import Role, Warehouse
from warehouse.loading import FileRefusedError, replay
from warehouse.loading.quarantine import RejectFilter, export_rows, read_corrected_rows, summarise

OPEN = "select line_number, reason_code, reason from quarantine.rejected_row where status = 'open' order by 1, 2"


def load_customers(warehouse: Warehouse, folder: Path, content: str, **keys: Any) -> None:
    load_files(warehouse, folder, {"c.csv": customers(content)}, **keys)


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("C3,,c3@x.invalid,1", "required_value", "name is missing"),
        ("C3,N,c3@x.invalid,old", "unreadable_value", "age: 'old' is not a number"),
        ("C3,N,c3@x.invalid,151", "out_of_range", "age: '151' is outside 0 to 150"),
        (f"{'C' * 51},N,c3@x.invalid,1", "too_long", "customer_code has 51 characters, more than 50"),
        ("C3,N\x00,c3@x.invalid,1", "nul_byte", "name contains the NUL character"),
        ("C3,N,c3@x.invalid", "wrong_field_count", "3 fields where the header names 4"),
        ("C1,N,c3@x.invalid,1", "duplicate_key", "customer_code: duplicate of line 4; line 4 is kept"),
        ("C3,N,c1@x.invalid,1", "email_taken", "email c1@x.invalid belongs to customer C1"),
        (",,c3@x.invalid,x", "required_value", "customer_code is missing; name is missing; age: 'x' is not a number"),
    ],
)
def test_each_defect_has_its_reason_and_place(
    warehouse: Warehouse, tmp_path: Path, line: str, code: str, reason: str
) -> None:
    content = f"customer_code,name,email,age\nC2,Lee,c2@x.invalid,2\n{line}\nC1,Kim,c1@x.invalid,1\n"
    load_customers(warehouse, tmp_path, content)
    ((number, found, stored),) = rows(warehouse, OPEN)
    assert (number, found) == (3, code)
    assert reason in stored
    assert rows(warehouse, "select customer_code, name from crm.customer order by 1") == [("C1", "Kim"), ("C2", "Lee")]
    assert rows(warehouse, "select rows_read, rows_loaded, rows_quarantined from source.load_batch") == [(3, 2, 1)]


def test_c37_duplicated_customer_months_leave_the_last_line(warehouse: Warehouse, tmp_path: Path) -> None:
    twice = snapshots(snapshot("C1", "2024-01", 1), snapshot("C1", "2024-01", 2), snapshot("C1", "2024-02", 3))
    load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": twice})
    assert rows(warehouse, OPEN) == [(1, "duplicate_key", "ccod, snapshot_month: duplicate of line 2; line 2 is kept")]
    assert rows(warehouse, "select count(*) from source.user_monthly_features") == [(2,)]


def test_documents_are_held_to_their_schema(warehouse: Warehouse, tmp_path: Path) -> None:
    broken = snapshot("C1", "2024-01", -5, purchase_logs={"no": "list"})
    load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": snapshots(broken)})
    ((_, code, reason),) = rows(warehouse, OPEN)
    assert code == "bad_document"
    assert "contract_info.contracts[0].monthly_fee: -5 is less than the minimum of 0" in reason
    assert "purchase_logs: " in reason


def test_an_unknown_customer_waits_until_it_arrives(warehouse: Warehouse, tmp_path: Path) -> None:
    files = {
        "c.csv": customers(),
        "s.jsonl": snapshots(snapshot("C9", "2024-01")),
        "m.csv": ("source.message", "rcno,received_at,ccod\nR1,2024-01-05T00:00:00Z,C9\n", {}),
        "l.csv": (
            "source.outcome_label",
            "target_name,customer_code,as_of_date,label,known_at\nchurn,C9,2024-02-01,0,2024-05-15\n",
            {},
        ),
    }
    load_files(warehouse, tmp_path, files)
    assert {code for _, code, _ in rows(warehouse, OPEN)} == {"unknown_customer"}
    assert [b.rows_quarantined for b in replay(warehouse).batches] == [1, 1, 1]  # still unknown, still there
    assert len(rows(warehouse, OPEN)) == 3

    files["c.csv"] = customers(CUSTOMERS + "C9,Park,c9@x.invalid\n")
    load_files(warehouse, tmp_path, files)
    report = replay(warehouse)
    assert [(b.rows_loaded, b.rows_quarantined) for b in report.batches] == [(1, 0)] * 3
    assert rows(warehouse, OPEN) == []
    resolved = (
        "select count(*) from quarantine.rejected_row as r join source.load_batch as b "
        "on b.batch_id = r.resolved_batch_id where r.status = 'replayed' and b.status = 'loaded'"
    )
    assert rows(warehouse, resolved) == [(3,)]
    # a replayed snapshot is known as of its cut-off, as if its customer had been there
    assert rows(warehouse, "select known_at from source.user_monthly_features") == [
        (datetime(2024, 1, 31, 15, tzinfo=UTC),)
    ]
    assert replay(warehouse).batches == ()


def test_a_customer_of_the_same_load_is_known(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"s.jsonl": snapshots(snapshot("C1", "2024-01")), "z.csv": customers()})
    assert rows(warehouse, OPEN) == []


def test_correction_by_export_and_replay(warehouse: Warehouse, tmp_path: Path) -> None:
    about = {"type": "numeric", "label_en": "x", "label_ko": "x", "description": "x"}
    content = (
        "customer_code,name,email,age,floor\nC1,Kim,c1@x.invalid,x1,3\nC2,Lee,c2@x.invalid\nC3,,c3@x.invalid,3,9\n"
    )
    load_files(
        warehouse,
        tmp_path,
        {"c.csv": customers(content, known_at={"constant": "2024-01-01T00:00:00Z"})},
        attributes={"floor": about},
    )
    path = tmp_path / "bad.jsonl"
    with warehouse.connect(Role.LOADER) as connection:
        assert export_rows(connection, RejectFilter(), path) == 3
        groups = summarise(connection, RejectFilter())
    assert [(group.reason_code, group.row_count) for group in groups] == [
        ("required_value", 1), ("unreadable_value", 1), ("wrong_field_count", 1)
    ]  # fmt: skip
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    by_line = {line["place"]: line for line in lines}
    assert by_line["c.csv:2"]["row"]["attributes"] == {"floor": 3.0}
    by_line["c.csv:2"]["row"]["age"] = 41
    by_line["c.csv:3"]["row"] = {"customer_code": "C2", "name": "Lee", "email": "c2@x.invalid"}
    path.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    report = replay(warehouse, corrected=read_corrected_rows(path))
    assert [(b.rows_read, b.rows_loaded, b.rows_quarantined) for b in report.batches] == [(3, 2, 1)]
    assert [(line, code) for line, code, _ in rows(warehouse, OPEN)] == [(4, "required_value")]
    ((age, floor, known_at),) = rows(
        warehouse, "select age, attributes ->> 'floor', known_at from crm.customer where customer_code = 'C1'"
    )
    assert (age, floor, known_at) == (41, "3.0", datetime(2024, 1, 1, tzinfo=UTC))
    # the row as it came stays on record
    assert rows(warehouse, "select row_data ->> 'age', status from quarantine.rejected_row where line_number = 2") == [
        ("x1", "replayed")
    ]


def test_malformed_lines_wait_for_correction(warehouse: Warehouse, tmp_path: Path) -> None:
    load_customers(warehouse, tmp_path, CUSTOMERS + "C3,broken\n")
    assert [b.rows_read for b in replay(warehouse).batches] == [0]
    assert [code for _, code, _ in rows(warehouse, OPEN)] == ["wrong_field_count"]


def test_reading_a_file_again_repeats_no_reject(warehouse: Warehouse, tmp_path: Path) -> None:
    load_customers(warehouse, tmp_path, CUSTOMERS + "C3,broken\n")
    load_customers(warehouse, tmp_path, CUSTOMERS + "C3,broken\n", business_timezone="UTC")
    assert len(rows(warehouse, OPEN)) == 1


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"rejected_id": 1, "row": {}}\n{"row": {}}\n')
    with pytest.raises(FileRefusedError, match=r"bad.jsonl:2: not a line of `quarantine export`"):
        read_corrected_rows(path)


def test_the_terminal_lists_shows_exports_and_replays(warehouse: Warehouse, tmp_path: Path) -> None:
    load_customers(warehouse, tmp_path, CUSTOMERS + "C3,,c3@x.invalid\n")
    run = CliRunner().invoke
    assert "name is missing" in run(app, ["quarantine", "show"]).output
    listed = run(app, ["quarantine", "list"], env={"COLUMNS": "200"})
    assert "required_value" in listed.output, listed.output
    path = tmp_path / "bad.jsonl"
    assert run(app, ["quarantine", "export", str(path)]).exit_code == 0
    path.write_text(path.read_text().replace('"row":{', '"row":{"name":"Park",'))
    replayed = run(app, ["quarantine", "replay", "--file", str(path)], env={"COLUMNS": "200"})
    assert replayed.exit_code == 0, replayed.output
    assert "No rejected rows" in run(app, ["quarantine", "list"]).output
    assert rows(warehouse, "select name from crm.customer where customer_code = 'C3'") == [("Park",)]
