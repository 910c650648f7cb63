"""Whether a package has changed since it was loaded is seen from its files, wherever they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dagster_app.lib.runs.package_source import package_fingerprint


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "here" / "package"
    (folder / "months").mkdir(parents=True)
    for name in ("package.yml", "months/a.csv"):
        (folder / name).write_text("text")
    return folder


def test_a_package_that_was_moved_is_the_same(package: Path, tmp_path: Path) -> None:
    before = package_fingerprint(package, {})
    (tmp_path / "here").rename(tmp_path / "there")
    assert package_fingerprint(tmp_path / "there" / "package", {}) == before


def test_a_file_that_was_renamed_or_written_again_is_noticed(package: Path) -> None:
    file, seen = package / "months" / "a.csv", {package_fingerprint(package, {})}
    os.utime(file, ns=(0, 0))
    seen.add(package_fingerprint(package, {}))
    file.rename(file.with_name("b.csv"))
    seen.add(package_fingerprint(package, {}))
    assert len(seen) == 3


def test_a_file_given_beside_the_package_counts(package: Path, tmp_path: Path) -> None:
    (tmp_path / "given.csv").write_text("text")
    assert package_fingerprint(package, {"a": tmp_path / "given.csv"}) != package_fingerprint(package, {})
