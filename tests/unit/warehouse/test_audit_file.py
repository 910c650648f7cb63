"""The seal file grows by whole lines, and a file that contradicts the database is left as it is."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from warehouse.audit_file import Seal, append_seals, read_seals
from warehouse.audit_report import AuditReport, Finding, require_intact
from warehouse.errors import BellwetherError
from warehouse.private_files import appended_file

SEALS = [Seal(number, f"{number:064x}", 10, datetime(2026, 12, number, 5, 6, 7, 89, UTC)) for number in (1, 2, 3)]


def append(path: Path, seals: list[Seal], *, is_new: bool = False) -> None:
    with appended_file(path) as descriptor:
        append_seals(descriptor, path, seals, is_new=is_new)


def test_lines_are_appended_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "audit" / "seals.jsonl"
    assert read_seals(path) == []
    append(path, SEALS[:1], is_new=True)
    append(path, SEALS)
    append(path, SEALS)
    assert read_seals(path) == SEALS
    assert len(path.read_text().splitlines()) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_states_its_time_in_utc() -> None:
    seal = Seal(1, "a", 2, datetime(2026, 12, 1, 9, 0, tzinfo=timezone(timedelta(hours=9))))
    assert seal.line() == ('{"block": 1, "digest": "a", "rows": 2, "sealed_at": "2026-12-01T00:00:00.000000+00:00"}\n')


def test_the_beginning_of_a_line_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "seals.jsonl"
    append(path, SEALS[:1], is_new=True)
    with path.open("a") as file:
        file.write(SEALS[1].line()[:20])
    assert read_seals(path) == SEALS[:1]
    append(path, SEALS)
    assert read_seals(path) == SEALS


@pytest.mark.parametrize("seals", [SEALS[:1], [SEALS[0], Seal(2, "other", 10, SEALS[1].sealed_at)], []])
def test_a_file_that_contradicts_the_database_is_left_as_it_is(tmp_path: Path, seals: list[Seal]) -> None:
    path = tmp_path / "seals.jsonl"
    append(path, SEALS[:2], is_new=True)
    before = path.read_bytes()
    with pytest.raises(BellwetherError, match="not those in the seal file"):
        append(path, seals)
    assert path.read_bytes() == before


def test_a_lost_file_is_not_begun_again_without_being_asked(tmp_path: Path) -> None:
    with pytest.raises(BellwetherError, match="--new-file"):
        append(tmp_path / "seals.jsonl", SEALS)


@pytest.mark.parametrize(
    "content", ["[]\n", "no json\n", '{"block": 1}\n', SEALS[1].line(), SEALS[0].line() + SEALS[2].line(), "\n"]
)
def test_a_line_that_cannot_be_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "seals.jsonl"
    path.write_text(content)
    with pytest.raises(BellwetherError, match=r"seals\.jsonl, line [12]"):
        read_seals(path)


def test_a_finding_names_what_where_and_remedy() -> None:
    require_intact(AuditReport(1, 10, 0, 0, None))
    for kind, remedy in (("changed", "backup"), ("cut tail", "--new-file"), ("missing file", "--new-file")):
        with pytest.raises(BellwetherError, match=kind) as caught:
            require_intact(AuditReport(1, 10, 0, 0, Finding(kind, 4, 31, "Text.")))
        assert "block 4, row 31" in caught.value.where
        assert remedy in caught.value.remedy
