"""Where the embedded server cannot start, it says why and what to do; where it can, it does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.server_processes import OPEN, ROOT, is_down, run
from warehouse.database.companies import server_conninfo
from warehouse.errors import BellwetherError
from warehouse.server import EmbeddedServer, postmaster

pytestmark = pytest.mark.faults

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else or to mount")
FAIL = """
import sys
from pathlib import Path
from warehouse.errors import BellwetherError
from warehouse.server import EmbeddedServer
try:
    EmbeddedServer(Path(sys.argv[1])).use()
except BellwetherError as error:
    print(error)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "home")
    yield server
    server.stop(force=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="bellwether-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 20) / ("path" * 20)
    server = EmbeddedServer(home)
    endpoint = server.use()
    assert len(endpoint.socket_dir) < 60
    psycopg.connect(server_conninfo(endpoint, "postgres")).close()
    server.stop(force=True)
    Path(endpoint.socket_dir).rmdir()


def test_socket_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # tmp_path itself may be too long for a socket
    with tempfile.TemporaryDirectory(prefix="bw") as short:
        monkeypatch.setattr(tempfile, "gettempdir", lambda: short)
        server = EmbeddedServer(tmp_path / ("long" * 20) / ("path" * 20))
        server.use()
        server.stop(force=True)
        (folder,) = Path(short).glob("bellwether-*")
        folder.chmod(0o755)
        with pytest.raises(BellwetherError, match="open to other users"):
            server.use()


def test_stale_pid_file_that_names_a_living_process_is_no_obstacle(server: EmbeddedServer) -> None:
    server.use()
    pid_file = server.cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop(force=True)
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert server.status() is None
    assert server.use().pid != os.getppid()


def test_port_of_last_time_taken_another_one_is_used(server: EmbeddedServer) -> None:
    port = server.use().port
    server.stop(force=True)
    with socket.create_server(("127.0.0.1", port)):
        assert server.use().port != port
    server.stop(force=True)


def test_port_of_last_time_is_used_again(server: EmbeddedServer) -> None:
    port = server.use().port
    server.stop(force=True)
    assert server.use().port == port


def test_port_lost_between_choice_and_start_is_chosen_anew(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = postmaster.free_port
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1]] * 3)
        monkeypatch.setattr(postmaster, "free_port", lambda preferred: next(ports, None) or choose(None))
        assert server.use().port != taken.getsockname()[1]


def test_no_free_port_is_reported(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(postmaster, "free_port", lambda preferred: taken.getsockname()[1])
        with pytest.raises(BellwetherError, match="No free port"):
            server.use()


@pytest.mark.parametrize("version", ["99", "9.6"])
def test_data_of_another_version_is_refused_untouched(server: EmbeddedServer, version: str) -> None:
    server.cluster.prepare()
    (server.cluster.data / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(
        BellwetherError, match=rf"made by PostgreSQL {version}.*\n.*\nRemedy: .*BELLWETHER_POSTGRES_BIN"
    ):
        server.use()


def test_data_directory_broken_half_way_is_refused(server: EmbeddedServer) -> None:
    server.cluster.prepare()
    (server.cluster.data / "global" / "pg_control").unlink()
    with pytest.raises(BellwetherError, match="incomplete"):
        server.use()


def test_creation_killed_half_way_leaves_no_trace(server: EmbeddedServer) -> None:
    left_over = server.cluster.folder / "data.incoming-1"
    left_over.mkdir(parents=True)
    (left_over / "PG_VERSION").write_text("18\n")
    server.use()
    assert not left_over.exists()


def test_own_settings_survive_and_win(server: EmbeddedServer) -> None:
    server.cluster.prepare()
    (server.cluster.data / "local.conf").write_text("work_mem = '5MB'\n")
    with psycopg.connect(server_conninfo(server.use(), "postgres")) as connection:
        assert connection.execute("show work_mem").fetchone() == ("5MB",)
        assert connection.execute("show synchronous_commit").fetchone() == ("off",)
        assert connection.execute("select datcollate, datlocale from pg_database limit 1").fetchone() is not None


def test_invalid_own_settings_show_the_postgresql_error(server: EmbeddedServer) -> None:
    server.cluster.prepare()
    (server.cluster.data / "local.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(BellwetherError, match="no_such_setting"):
        server.use()


def test_tcp_wants_the_password(server: EmbeddedServer) -> None:
    endpoint = server.use()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"host=127.0.0.1 port={endpoint.port} user={endpoint.user} dbname=postgres password=no")
    assert Path(endpoint.socket_dir).stat().st_mode & 0o077 == 0
    assert server.cluster.password_file.stat().st_mode & 0o077 == 0


@as_root
def test_full_disk_is_named(tmp_path: Path) -> None:
    """On a file system of 20 MB, mounted for this process alone."""
    mount = f"mount -t tmpfs -o size=20m tmpfs {tmp_path} && exec {sys.executable} -c '{FAIL}' {tmp_path}/home"
    if subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a small file system")
    done = subprocess.run(["unshare", "-m", "sh", "-c", mount], cwd=ROOT, capture_output=True, text=True)
    assert "The disk is full" in done.stdout, done.stderr
    assert "BELLWETHER_HOME" in done.stdout


def test_file_size_limit_is_named_as_a_full_disk(tmp_path: Path) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    assert "The disk is full" in run(tmp_path / "home", limit + FAIL)


AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")


@pytest.fixture
def python_of_nobody() -> tuple[str, ...]:
    """Command of this Python version as an ordinary user."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if subprocess.run([*AS_NOBODY, "test", "-x", python]).returncode == 0:
            return (*AS_NOBODY, python)
    pytest.skip("an ordinary user may not run a Python of this version on this machine")


@as_root
def test_ordinary_user_runs_it(open_folder: Path, python_of_nobody: tuple[str, ...]) -> None:
    open_folder.chmod(0o777)
    assert run(open_folder / "home", OPEN + "print(endpoint.port)", command=python_of_nobody)
    assert (open_folder / "home" / "postgres" / "data").stat().st_uid == 65534
    assert is_down(open_folder / "home")


@as_root
def test_missing_permission_is_reported(open_folder: Path, python_of_nobody: tuple[str, ...]) -> None:
    output = run(open_folder / "home", FAIL, command=python_of_nobody)
    assert "may not use its folder" in output
    assert "chown" in output


@as_root
def test_root_without_user_namespaces_hands_the_server_to_nobody(open_folder: Path) -> None:
    closed = "from warehouse.server import identity\nidentity._namespace_prefix = lambda: None\n"
    home = open_folder / "home"
    assert run(home, closed + OPEN + "print(endpoint.pid)")
    assert run(home, closed + OPEN + "print(connection.execute('select 1').fetchone())") == "(1,)\n"
    assert (home / "postgres" / "data").stat().st_uid != 0
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()


@as_root
def test_roots_files_stay_roots(server: EmbeddedServer) -> None:
    server.use()
    owners = {path.lstat().st_uid for path in server.home.rglob("*")}
    assert owners == {0}
