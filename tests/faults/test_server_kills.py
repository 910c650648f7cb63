"""Kill -9 of whoever owns, guards or is the embedded server: rows stay, the next start works, nothing leaks."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.faults.server_processes import (
    COUNT_ROWS,
    KEEP_A_ROW,
    OPEN,
    is_down,
    run,
    start,
    start_user,
    wait_for,
)
from warehouse.server import EmbeddedServer

Record = Callable[[str, object], None]
pytestmark = pytest.mark.faults


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    EmbeddedServer(tmp_path / "home").stop(force=True)


def guardians(home: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if (words := process.info["cmdline"]) and "warehouse.server.guardian" in words and str(home) in words
    ]


def test_server_ends_with_its_last_user(home: Path) -> None:
    first, second = start_user(home), start_user(home)
    first.communicate()
    assert not is_down(home)
    second.communicate()
    assert is_down(home)
    wait_for(lambda: not guardians(home))


def test_killed_postmaster_is_replaced_and_rows_are_kept(home: Path, record_testsuite_property: Record) -> None:
    user = start_user(home, OPEN + KEEP_A_ROW)
    found = EmbeddedServer(home).postmaster.running()
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    began = time.monotonic()
    assert run(home, OPEN + COUNT_ROWS) == "1\n"
    record_testsuite_property("recovered_after_seconds", round(time.monotonic() - began, 1))
    user.communicate()


def test_process_whose_server_was_killed_opens_it_again_itself(home: Path) -> None:
    program = OPEN + KEEP_A_ROW + "import os\nos.kill(endpoint.pid, 9)\n" + OPEN + COUNT_ROWS
    assert run(home, program) == "1\n"
    assert is_down(home)


def test_long_query_of_a_killed_server_does_not_keep_the_next_one_from_starting(home: Path) -> None:
    query = "select count(*) from generate_series(1, 5e9::bigint) as n where n % 7 = 8"
    busy = f"import threading\nthreading.Thread(target=connection.execute, args=({query!r},), daemon=True).start()\n"
    user = start_user(home, OPEN + KEEP_A_ROW + busy + "import time\ntime.sleep(1)\n")
    server = EmbeddedServer(home).postmaster
    found = server.running()
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    assert run(home, OPEN + COUNT_ROWS) == "1\n"
    user.kill()
    user.communicate()


def test_guardian_stops_the_server_of_a_killed_user(home: Path, record_testsuite_property: Record) -> None:
    user = start_user(home, OPEN + KEEP_A_ROW)
    user.kill()
    user.wait()
    record_testsuite_property("stopped_after_seconds", round(wait_for(lambda: is_down(home)), 1))
    assert run(home, OPEN + COUNT_ROWS) == "1\n"


def test_user_and_guardian_killed_the_next_user_takes_over(home: Path) -> None:
    user = start_user(home, OPEN + KEEP_A_ROW)
    for process in guardians(home):
        process.kill()
    user.kill()
    user.wait()
    assert not is_down(home)
    assert run(home, OPEN + COUNT_ROWS) == "1\n"
    assert is_down(home)


def test_killed_while_others_use_it_does_not_stop_it(home: Path) -> None:
    first, second = start_user(home), start_user(home)
    first.kill()
    first.wait()
    time.sleep(1)
    assert not is_down(home)
    second.communicate()
    assert is_down(home)


def test_sigterm_stops_the_server_in_order(home: Path) -> None:
    user = start_user(home)
    user.terminate()
    assert user.wait(120) == 128 + signal.SIGTERM
    assert is_down(home)
    assert "database system is shut down" in EmbeddedServer(home).log.read_text()


def test_interrupt_of_the_terminal_does_not_reach_the_server(home: Path) -> None:
    user = start_user(home)
    found = EmbeddedServer(home).postmaster.running()
    assert found is not None
    assert os.getsid(found.pid) != os.getsid(user.pid)
    user.communicate()


def test_forked_child_does_not_stop_it(home: Path) -> None:
    program = OPEN + "import os, time\nif os.fork() == 0:\n    sys.exit(0)\nos.wait()\n"
    user = start_user(home, program)
    assert not is_down(home)
    user.communicate()
    assert is_down(home)


def test_six_processes_start_an_empty_home_at_once(home: Path) -> None:
    users = [start(home, OPEN + KEEP_A_ROW) for _ in range(5)] + [start(home, OPEN)]
    for user in users:
        _, failed = user.communicate(timeout=120)
        # two of them may create the table at the same moment, which is PostgreSQL's to refuse
        assert user.returncode == 0 or "pg_type_typname_nsp_index" in failed, failed
    assert is_down(home)
    assert run(home, OPEN + COUNT_ROWS) in {"3\n", "4\n", "5\n"}


def test_kept_server_outlives_its_users_until_stopped(home: Path) -> None:
    run(home, OPEN + "server.keep_running()")
    assert not is_down(home)
    run(home, OPEN)
    assert not is_down(home)
    user = start_user(home)
    assert EmbeddedServer(home).stop() is False
    user.kill()
    user.wait()
    wait_for(lambda: is_down(home))
