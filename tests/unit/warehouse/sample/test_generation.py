"""The same options give the same bytes; what is there is kept; what is foreign is not touched."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from tests.unit.warehouse.sample.conftest import SMALL, Package
from warehouse.packages.package import DataPackage
from warehouse.sample import SampleOptions, generate, read_receipt
from warehouse.sample import generate as generate_function


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_options_give_the_same_bytes(package: Package, tmp_path: Path) -> None:
    assert hashes(generate(tmp_path / "again", SMALL)) == hashes(package.folder)


def test_another_seed_gives_other_customers(package: Package, tmp_path: Path) -> None:
    other = generate(tmp_path / "other", SampleOptions(customers=300, months=6, seed=8))
    assert hashes(other)["customers.csv.gz"] != hashes(package.folder)["customers.csv.gz"]


def test_customers_do_not_depend_on_the_size_of_the_last_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    module = sys.modules[generate_function.__module__]
    monkeypatch.setattr(module, "BLOCK_CUSTOMERS", 100)
    folder = generate(tmp_path / "blocks", SampleOptions(customers=250, months=3))
    receipt = read_receipt(folder)
    assert receipt["files"]["customers.csv.gz"]["rows"] == 250
    assert receipt["files"]["snapshots/user_monthly_features_2025-12.parquet"]["rows"] == 250


def test_a_company_that_is_there_is_not_written_again(package: Package) -> None:
    before = (package.folder / "package.yml").stat().st_mtime_ns
    generate(package.folder, SMALL)
    assert (package.folder / "package.yml").stat().st_mtime_ns == before


def test_a_damaged_company_is_written_again(tmp_path: Path) -> None:
    options = SampleOptions(customers=50, months=3)
    folder = generate(tmp_path / "package", options)
    (folder / "customers.csv.gz").write_bytes(b"")
    generate(folder, options)
    assert (folder / "customers.csv.gz").stat().st_size > 0


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="contains other files"):
        generate(tmp_path, SMALL)
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_the_package_is_one_that_the_loader_reads(package: Package) -> None:
    read = DataPackage.read(package.folder)
    assert read.is_simulated
    assert (read.business_timezone, read.currency) == ("Asia/Seoul", "KRW")
    snapshots = next(entry for entry in read.files if entry.target == "source.user_monthly_features")
    assert len(snapshots.paths) == 6


@pytest.mark.parametrize("wrong", [{"customers": 5}, {"months": 2}, {"end_month": date(2025, 12, 2)}, {"seed": -1}])
def test_impossible_options_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SampleOptions(**wrong)  # type: ignore[arg-type]
