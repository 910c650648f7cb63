"""The command shows what it wrote, what comes next, and how to correct a wrong option."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--drift", "july", "driver=satisfaction"),
        ("--fault", "gremlins", "late_corrections"),
        ("--end-month", "2025", "2025-12"),
        ("--customers", "3", "1,000,000"),
        ("--target", "chrun", "payment_default"),
    ],
)
def test_invalid_option_shows_the_format(tmp_path: Path, option: str, value: str, hint: str) -> None:
    result = CliRunner().invoke(app, ["sample", "--out", str(tmp_path / "package"), option, value])
    assert result.exit_code != 0
    assert hint in " ".join(result.output.replace("│", " ").split())


def test_the_table_shows_the_files_and_the_next_command(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    options = ["--customers", "50", "--months", "6", "--out", str(folder)]
    result = CliRunner().invoke(app, ["sample", *options])
    assert result.exit_code == 0, result.output
    assert "leave within three months" in result.output
    assert f"bellwether run --package {folder}" in result.output
    assert (folder / "package.yml").is_file()
