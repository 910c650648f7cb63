"""A package in, raw tables out: worked examples with known answers, loaded twice, and every defect of a file."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.data_packages import CUSTOMERS, customers, load_files, rows, snapshot, snapshots, write_package
from warehouse.connection import Warehouse
from warehouse.loading import FileRefusedError, LoadError, RejectLimitExceededError, load_package

CUT_OFF = datetime(2024, 1, 31, 15, tzinfo=UTC)  # the first instant of February in Seoul


def test_every_target_is_filled_from_its_format(any_warehouse: Warehouse, tmp_path: Path) -> None:
    invoices = io.BytesIO()
    pl.DataFrame(
        {
            "invoice_number": ["N1"],
            "customer_code": ["C1"],
            "amount": [1234.56],
            "currency": ["KRW"],
            "issued_date": [date(2024, 1, 1)],
            "due_date": [date(2024, 1, 31)],
            "paid_date": [None],
            "status": ["pending"],
            "known_at": [datetime(2024, 1, 1, tzinfo=UTC)],
        }
    ).write_parquet(invoices)
    report = load_files(
        any_warehouse,
        tmp_path,
        {
            "snapshots.jsonl.gz": (
                "source.user_monthly_features",
                gzip.compress(snapshots(snapshot("C1", "2024-01"), snapshot("C2", "2024-01"))[1]),
                {},
            ),
            "messages.jsonl": (
                "source.message",
                '{"rcno": "R1", "received_at": "2024-01-05 10:00", "ccod": "C1", '
                '"content": "개미 \\"두\\" 마리\\n또"}\n',
                {},
            ),
            "invoices.parquet": ("collections.payment_records", invoices.getvalue(), {}),
            "ledger.csv": (
                "finance.timeseries_data",
                'entry_code,timestamp,value,category,metadata\nE1,2024-01-31,99.5,revenue,"{""department"": ""A""}"\n',
                {},
            ),
            "industry.csv": ("source.industry_codes", "code,name\nI1,Restaurants\n", {}),
            "labels.csv": (
                "source.outcome_label",
                "target_name,customer_code,as_of_date,label\nchurn,C1,2024-02-01,1\n",
                {"known_at": {"constant": "2024-05-15"}},
            ),
            "customers.csv": customers(),
        },
    )
    assert {batch.target: batch.rows_loaded for batch in report.batches} == {
        "source.industry_codes": 1,
        "crm.customer": 2,
        "source.user_monthly_features": 2,
        "source.message": 1,
        "source.outcome_label": 1,
        "collections.payment_records": 1,
        "finance.timeseries_data": 1,
    }
    assert report.months_changed == (date(2024, 1, 1),)
    assert rows(
        any_warehouse, "select ccod, snapshot_month, known_at from source.user_monthly_features order by 1"
    ) == [
        ("C1", date(2024, 1, 1), CUT_OFF),
        ("C2", date(2024, 1, 1), CUT_OFF),
    ]
    received = datetime(2024, 1, 5, 1, tzinfo=UTC)
    assert rows(any_warehouse, "select content, received_at, known_at from source.message") == [
        ('개미 "두" 마리\n또', received, received)
    ]
    assert rows(any_warehouse, "select amount, known_at from collections.payment_records") == [
        (Decimal("1234.56"), datetime(2024, 1, 1, tzinfo=UTC))
    ]
    assert rows(any_warehouse, 'select "timestamp", value, metadata from finance.timeseries_data') == [
        (datetime(2024, 1, 30, 15, tzinfo=UTC), Decimal("99.50"), {"department": "A"})
    ]
    assert rows(any_warehouse, "select label, known_at from source.outcome_label") == [
        (1, datetime(2024, 5, 14, 15, tzinfo=UTC))
    ]
    assert rows(any_warehouse, "select customer.customer_code from crm.customer_identity join crm.customer on id = "
                "crm_customer_id and customer_identity.customer_code = customer.customer_code order by 1") == [
        ("C1",), ("C2",)
    ]  # fmt: skip
    assert rows(any_warehouse, "select count(*) from only source.user_monthly_features_default") == [(0,)]


def test_the_same_files_again_are_skipped_and_the_same_rows_elsewhere_unchanged(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    files = {"customers.csv": customers(), "a.jsonl": snapshots(snapshot("C1", "2024-01"), snapshot("C2", "2024-01"))}
    load_files(warehouse, tmp_path, files)
    again = load_files(warehouse, tmp_path, files)
    assert [(batch.status, batch.batch_id) for batch in again.batches] == [("skipped", None)] * 2
    assert again.months_changed == ()

    # the other way round, keys in another order, spaces elsewhere: the same content
    rewritten = b'{"contract_info": {"contracts": [{"status": "active", "monthly_fee":   100, "ended_on": null, ' \
        b'"started_on": "2023-01-01", "contract_id": "K1"}]}, "snapshot_month": "2024-01", "ccod": "C2"}\n'  # fmt: skip
    files["a.jsonl"] = ("source.user_monthly_features", rewritten + files["a.jsonl"][1].splitlines()[0] + b"\n", {})
    third = load_files(warehouse, tmp_path, files)
    assert [(b.status, b.rows_read, b.rows_loaded, b.rows_unchanged) for b in third.batches] == [
        ("skipped", 0, 0, 0),
        ("loaded", 2, 0, 2),
    ]
    assert rows(warehouse, "select count(*) from source.user_monthly_features") == [(2,)]


def test_a_changed_definition_reads_the_files_again(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"customers.csv": customers()})
    report = load_files(
        warehouse,
        tmp_path,
        {"customers.csv": customers(columns={"customer_code": "customer_code", "name": "email", "email": "email"})},
    )
    assert [(b.status, b.rows_loaded) for b in report.batches] == [("loaded", 2)]
    assert rows(warehouse, "select name from crm.customer order by 1") == [
        ("c1@customer.invalid",),
        ("c2@customer.invalid",),
    ]


def test_a_new_entry_leaves_the_files_of_the_others_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    files = {"c.csv": customers()}
    load_files(warehouse, tmp_path, files)
    report = load_files(warehouse, tmp_path, {**files, "i.csv": ("source.industry_codes", "code\nI1\n", {})})
    assert {b.target: b.status for b in report.batches} == {
        "crm.customer": "skipped",
        "source.industry_codes": "loaded",
    }


def test_empty_json_lines_are_no_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    report = load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": snapshots()})
    assert [b.rows_read for b in report.batches] == [2, 0]


def test_partitions_are_made_for_the_whole_range(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(
        warehouse,
        tmp_path,
        {"c.csv": customers(), "s.jsonl": snapshots(*(snapshot("C1", m) for m in ("2019-11", "2020-02")))},
    )
    assert rows(warehouse, "select to_regclass('source.user_monthly_features_y2019m12') is not null") == [(True,)]
    assert rows(warehouse, "select tableoid::regclass::text from source.user_monthly_features order by 1") == [
        ("source.user_monthly_features_y2019m11",),
        ("source.user_monthly_features_y2020m02",),
    ]


def test_attributes_maps_constants_and_templates(warehouse: Warehouse, tmp_path: Path) -> None:
    about = {"label_en": "x", "label_ko": "x", "description": "x"}
    load_files(
        warehouse,
        tmp_path,
        {
            "c.csv": (
                "crm.customer",
                'Id;Name;Joined;Card;Floor;Kind;Own\n 7 ;"A;B";31/12/2023;J;3;-;yes\n8;C;30/12/2023;N;;office;\n',
                {
                    "delimiter": ";",
                    "columns": {
                        "customer_code": "Id",
                        "name": "Name",
                        "email": {"template": "{Id}@customer.invalid"},
                        "credit_card": {"from": "Card", "map": {"J": True, "N": False}},
                        "products": {"constant": 2},
                    },
                    "attributes": {"floor": "Floor", "kind": {"from": "Kind", "null_values": ["-"]}, "own": "Own"},
                    "known_at": {"from": "Joined", "format": "%d/%m/%Y"},
                },
            )
        },
        attributes={
            "floor": {"type": "numeric", "unit": "floors", **about},
            "kind": {"type": "categorical", **about},
            "own": {"type": "boolean", **about},
        },
    )
    assert rows(
        warehouse,
        "select customer_code, name, email, credit_card, products, attributes, known_at from crm.customer order by 1",
    ) == [
        ("7", "A;B", "7@customer.invalid", True, 2, {"floor": 3, "own": True}, datetime(2023, 12, 30, 15, tzinfo=UTC)),
        ("8", "C", "8@customer.invalid", False, 2, {"kind": "office"}, datetime(2023, 12, 29, 15, tzinfo=UTC)),
    ]
    assert rows(warehouse, "select attribute_name, data_type, unit from source.attribute order by 1") == [
        ("floor", "numeric", "floors"),
        ("kind", "categorical", None),
        ("own", "boolean", None),
    ]


def test_months_made_out_of_date_follow_what_became_known(warehouse: Warehouse, tmp_path: Path) -> None:
    months = ("2024-01", "2024-02", "2024-03")
    first = {"c.csv": customers(), "s.jsonl": snapshots(*(snapshot("C1", month) for month in months))}
    assert len(load_files(warehouse, tmp_path, first).months_changed) == 3
    message = "rcno,received_at,ccod,content\nR1,2024-02-10T00:00:00Z,C1,x\n"
    report = load_files(warehouse, tmp_path, {**first, "m.csv": ("source.message", message, {})})
    assert report.months_changed == (date(2024, 2, 1), date(2024, 3, 1))
    # known exactly at a cut-off counts for the month that ends there
    at_cut_off = message.replace("R1", "R2").replace("2024-02-10T00:00:00Z", "2024-03-01 00:00:00")
    report = load_files(warehouse, tmp_path, {**first, "m.csv": ("source.message", at_cut_off, {})})
    assert report.months_changed == (date(2024, 2, 1), date(2024, 3, 1))


def test_a_package_with_as_of_dates_marks_the_month_before(warehouse: Warehouse, tmp_path: Path) -> None:
    known = customers(known_at={"constant": "2024-01-15T00:00:00Z"})
    dates = ["2024-01-01", "2024-02-01", "2024-03-01"]
    report = load_files(warehouse, tmp_path, {"c.csv": known}, as_of_dates=dates)
    assert report.months_changed == (date(2024, 1, 1), date(2024, 2, 1))


def test_too_many_bad_rows_stop_the_whole_load(warehouse: Warehouse, tmp_path: Path) -> None:
    bad = CUSTOMERS + "C3,,c3@customer.invalid\n"
    files = {"c.csv": customers(bad), "i.csv": ("source.industry_codes", "code,name\nI1,x\n", {})}
    package = write_package(tmp_path, files, reject_limit_ratio=0.2)
    with pytest.raises(RejectLimitExceededError, match=r"1 of 4 rows were rejected.*\n  c.csv:4: name is missing"):
        load_package(warehouse, package)
    assert rows(warehouse, "select count(*) from crm.customer_version") == [(0,)]
    assert rows(warehouse, "select count(*) from source.industry_codes") == [(0,)]
    assert rows(warehouse, "select distinct status from source.load_batch") == [("refused",)]
    assert rows(warehouse, "select status, line_number from quarantine.rejected_row") == [("discarded", 4)]
    load_files(warehouse, tmp_path, files, reject_limit_ratio=0.25)
    assert rows(warehouse, "select status from quarantine.rejected_row order by rejected_id") == [
        ("discarded",),
        ("open",),
    ]


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        ("customer_code,name\nC1,x\n", {}, r"c.csv:1, column email: .*no such column"),
        (CUSTOMERS, {"columns": {"customer_code": "customer_cod", "name": "name", "email": "email"}},
         r"c.csv:1, column customer_cod: .*did you mean customer_code\?"),
        (CUSTOMERS, {"known_at": {"constant": "soon"}}, r"c.csv: known_at soon is not an instant"),
        (CUSTOMERS, {"delimiter": "|"}, r"delimiter: ','"),
    ],
)  # fmt: skip
def test_one_file_that_cannot_be_understood_stops_the_load(
    warehouse: Warehouse, tmp_path: Path, content: str, more: dict[str, object], words: str
) -> None:
    files = {"i.csv": ("source.industry_codes", "code,name\nI1,x\n", {}), "c.csv": customers(content, **more)}
    with pytest.raises(FileRefusedError, match=words):
        load_files(warehouse, tmp_path, files)
    assert rows(warehouse, "select count(*) from source.industry_codes") == [(0,)]
    assert {status for (status,) in rows(warehouse, "select status from source.load_batch")} == {"refused"}


def test_another_company_and_a_mixture_with_simulated_records_are_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"c.csv": customers()})
    with pytest.raises(LoadError, match=r"belongs to company shop; use another one for bank"):
        load_files(warehouse, tmp_path, {"c.csv": customers()}, company="bank", name="bank")
    with pytest.raises(LoadError, match="real and simulated records cannot share a database"):
        load_files(warehouse, tmp_path, {"c.csv": customers()}, name="other", is_simulated=False)


def test_optional_files_extra_columns_and_progress(warehouse: Warehouse, tmp_path: Path) -> None:
    files = {"c.csv": customers(CUSTOMERS.replace("email\n", "email,beyond\n").replace("invalid\n", "invalid,1\n"))}
    package = write_package(tmp_path, files)
    steps = []
    report = load_package(warehouse, package, progress=steps.append)
    assert report.batches[0].notes == ("ignored columns: beyond",)
    assert steps[0].stage == "reading"
    assert steps[-1].stage == "writing"
    assert steps[-1].rows == 2
