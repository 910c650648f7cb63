"""What a run refuses before it touches a warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_app.lib.runs.package_source import PackageSource
from dagster_app.lib.runs.runner import run_company
from tests.data_packages import customers, write_package
from warehouse.errors import BellwetherError


def test_a_package_of_another_company_than_named_never_enters_the_one_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_package(tmp_path, {"customers.csv": customers()}).path
    monkeypatch.setenv("BELLWETHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BELLWETHER_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    monkeypatch.setenv("BELLWETHER_COMPANY", "other")
    with pytest.raises(BellwetherError, match="'shop'; 'other' was requested"):
        run_company(PackageSource(package=package))
