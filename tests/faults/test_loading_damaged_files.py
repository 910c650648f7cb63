"""Files damaged on the way: each is refused whole with its name, and the load leaves nothing behind."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.data_packages import CUSTOMERS, customers, load_files, rows, snapshot, snapshots
from warehouse.connection import Warehouse
from warehouse.loading import FileRefusedError

pytestmark = pytest.mark.faults


def parquet() -> bytes:
    buffer = io.BytesIO()
    columns = {"ccod": ["C1"] * 999, "snapshot_month": ["2024-01-01"] * 999, "contract_info": ["{}"] * 999}
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def archive() -> bytes:
    random = Random(7)  # noqa: S311 - text that does not compress to nothing
    lines = (b"%d,%d,%d@x.invalid\n" % (n, random.getrandbits(60), n) for n in range(50_000))
    return gzip.compress(b"customer_code,name,email\n" + b"".join(lines))


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
@pytest.mark.parametrize("kind", ["csv.gz", "parquet"])
def test_a_file_cut_off_anywhere_is_refused(warehouse: Warehouse, tmp_path: Path, kind: str, share: float) -> None:
    content = archive() if kind == "csv.gz" else parquet()
    cut = content[: int(len(content) * share)]
    files = (
        {"c.csv.gz": ("crm.customer", cut, {})}
        if kind == "csv.gz"
        else {"c.csv": customers(), "s.parquet": ("source.user_monthly_features", cut, {})}
    )
    with pytest.raises(FileRefusedError, match=r"incomplete or damaged|not a complete Parquet file"):
        load_files(warehouse, tmp_path, files)
    assert rows(warehouse, "select count(*) from crm.customer_version") == [(0,)]
    assert rows(warehouse, "select distinct status from source.load_batch") == [("refused",)]


def test_a_plain_file_cut_off_in_a_row_loses_only_that_row(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"c.csv": customers(CUSTOMERS[:-25])})
    assert rows(warehouse, "select customer_code from crm.customer") == [("C1",)]
    assert rows(warehouse, "select line_number, reason_code from quarantine.rejected_row") == [(3, "wrong_field_count")]


def test_a_cut_json_line_loses_only_that_line(warehouse: Warehouse, tmp_path: Path) -> None:
    whole = snapshots(snapshot("C1", "2024-01"), snapshot("C2", "2024-01"))[1]
    files = {"c.csv": customers(), "s.jsonl": ("source.user_monthly_features", whole[:-30], {})}
    load_files(warehouse, tmp_path, files)
    assert rows(warehouse, "select ccod from source.user_monthly_features") == [("C1",)]
    assert rows(warehouse, "select line_number, reason_code from quarantine.rejected_row") == [(2, "not_json")]


def test_noise_for_a_file_is_refused_or_quarantined_never_a_crash(warehouse: Warehouse, tmp_path: Path) -> None:
    random = Random(7)  # noqa: S311 - noise, the same every time
    for number in range(6):
        noise = random.randbytes(4000)
        content = b"customer_code,name,email\n" + noise if number % 2 else noise
        with pytest.raises(FileRefusedError):
            load_files(warehouse, tmp_path, {"c.csv": ("crm.customer", content, {})})
    latin = b"customer_code,name,email\n" + bytes(range(1, 256)) + b"\n"
    load_files(warehouse, tmp_path, {"c.csv": ("crm.customer", latin, {"encoding": "latin-1"})})
    assert rows(warehouse, "select count(*) from crm.customer") == [(0,)]
    assert rows(warehouse, "select count(*) > 0 from quarantine.rejected_row") == [(True,)]


def test_documents_that_attack_the_database_are_quarantined(warehouse: Warehouse, tmp_path: Path) -> None:
    deep = b'{"ccod": "C1", "snapshot_month": "2024-01", "contract_info": ' + b"[" * 5000 + b"]" * 5000 + b"}\n"
    huge = b'{"ccod": "C1", "snapshot_month": "2024-02", "user_information": {"site_area_m2": 1e999999}}\n'
    nul = b'{"ccod": "C1", "snapshot_month": "2024-03", "user_information": {"name": "a\\u0000b"}}\n'
    lone = b'{"ccod": "C1", "snapshot_month": "2024-04", "user_information": {"name": "\\ud800"}}\n'
    content = deep + huge + nul + lone + snapshots(snapshot("C1", "2024-05"))[1]
    load_files(warehouse, tmp_path, {"c.csv": customers(), "s.jsonl": ("source.user_monthly_features", content, {})})
    assert rows(warehouse, "select extract(month from snapshot_month)::int from source.user_monthly_features") == [(5,)]
    assert rows(warehouse, "select line_number from quarantine.rejected_row order by 1") == [(1,), (2,), (3,), (4,)]
