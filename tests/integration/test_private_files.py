"""Other users of the machine read nothing of a home or a backup, whatever the umask is."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.built_company import ROOT, Company, command
from warehouse import private_files
from warehouse.connection import Warehouse
from warehouse.database.backup import backup
from warehouse.database.opening import open_warehouse
from warehouse.errors import BellwetherError
from warehouse.server import EmbeddedServer
from warehouse.settings import Settings


def open_to_others(folder: Path) -> list[str]:
    """Folders and files below (and with) a folder that other users may do anything with."""
    found = []
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & 0o077:
            found.append(f"{path} {stat.S_IMODE(mode):o}")
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "above" / "home"
    EmbeddedServer(tmp_path / "above" / "home").stop(force=True)


def bellwether(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*command(), *arguments],
        cwd=ROOT,
        env=os.environ | {"BELLWETHER_HOME": str(home)},
        capture_output=True,
        text=True,
        umask=0,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_finished_run_leaves_nothing_that_others_read(finished_run: Company) -> None:
    written = {path.name for path in finished_run.home.iterdir()}
    assert {"sample", "site", "models", "dagster", "expectations", "dbt"} <= written
    assert open_to_others(finished_run.home) == []


def test_commands_on_an_empty_home_leave_nothing_that_others_read(home: Path, tmp_path: Path) -> None:
    """The sample makes the home here, and the server its folders; the backup lies elsewhere."""
    printed = bellwether(home, "sample", "--customers", "20", "--months", "3")
    package = next(Path(word) for word in printed.split() if word.startswith(str(home)))
    bellwether(home, "load", str(package))
    bellwether(home, "db", "start")
    bellwether(home, "db", "backup", str(tmp_path / "elsewhere" / "company.dump"))
    bellwether(home, "db", "stop")
    assert {path.name for path in home.iterdir()} >= {"sample", "postgres", "run", "logs", "current_company"}
    assert open_to_others(home) == []
    assert open_to_others(tmp_path / "elsewhere") == []


def test_a_backup_in_a_folder_of_others_is_private_and_leaves_the_folder_as_it_is(
    any_warehouse: Warehouse, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "company.dump").write_text("an older one, readable")
    (shared / "company.dump").chmod(0o644)
    written = backup(any_warehouse, shared / "company.dump")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert [path.name for path in shared.iterdir()] == ["company.dump"]


def test_a_home_of_an_older_version_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "outbox").mkdir(parents=True)
    (home / "outbox" / "alerts.jsonl").write_text("{}")
    (home / "run.sh").write_text("")
    for path, mode in ((home, 0o755), (home / "outbox", 0o775), (home / "outbox" / "alerts.jsonl", 0o664)):
        path.chmod(mode)
    (home / "run.sh").chmod(0o755)
    outside = tmp_path / "outside"
    outside.write_text("")
    outside.chmod(0o644)
    (home / "link").symlink_to(outside)
    private_files.open_home(home)
    assert open_to_others(home) == []
    assert stat.S_IMODE((home / "run.sh").stat().st_mode) == 0o700
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_home_that_cannot_be_made_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(BellwetherError, match="home folder cannot be made"),
        open_warehouse(Settings(home=tmp_path / "file" / "home")),
    ):
        pass


def test_a_file_is_replaced_whole_or_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "page.html"
    private_files.write_file(path, "old", is_durable=True)
    assert private_files.write_if_changed(path, "old") is False

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space"):
        private_files.write_file(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert [one.name for one in path.parent.iterdir()] == ["page.html"]
    assert private_files.write_if_changed(path, "new") is True
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
