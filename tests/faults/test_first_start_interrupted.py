"""A first start that dies at any instant leaves a home whose second start works, and nothing else of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server_processes import OPEN, ROOT, is_down, run, wait_for
from warehouse.server import EmbeddedServer

pytestmark = pytest.mark.faults

# Sends the process its signal at an instant of the first start. A terminal's Ctrl-C reaches what it started too.
STOP_AT = """
import os, signal, sys, threading, time
from pathlib import Path
from warehouse.server import EmbeddedServer, cluster, postmaster
home, instant, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for name in ("SIGINT", "SIGTERM"):
    signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
def die():
    os.killpg(0, number) if number == signal.SIGINT else os.kill(os.getpid(), number)
    time.sleep(5)
def when_initdb_writes():
    while not list(home.glob("postgres/data.incoming-*/global/*")):
        time.sleep(0.005)
    die()
run, replace, spawn = cluster.subprocess.run, Path.replace, postmaster.Postmaster._spawn
def stopped_run(command, **how):
    if not any(str(word).endswith("/initdb") for word in command):
        return run(command, **how)
    if instant == "before initdb":
        die()
    if instant == "while initdb writes":
        threading.Thread(target=when_initdb_writes, daemon=True).start()
    done = run([*command, "--no-sync"], **how)
    if instant == "after initdb":
        die()
    return done
def stopped_replace(path, target):
    named = Path(target).name
    if instant == f"before {named} is in its place":
        die()
    found = replace(path, target)
    if instant == f"after {named} is in its place":
        die()
    return found
def stopped_spawn(*words):
    started = spawn(*words)
    if instant == "after the server has started":
        while words[0].running() is None:
            time.sleep(0.005)
        die()
    return started
cluster.subprocess.run, Path.replace, postmaster.Postmaster._spawn = stopped_run, stopped_replace, stopped_spawn
EmbeddedServer(home).use()
"""
KILLED_AT = [
    "before initdb",
    "while initdb writes",
    "after initdb",
    "before data is in its place",
    "after data is in its place",
    "after the server has started",
]
CASES = [
    *[(instant, signal.SIGKILL) for instant in KILLED_AT],
    ("while initdb writes", signal.SIGINT),
    ("while initdb writes", signal.SIGTERM),
    ("before data is in its place", signal.SIGINT),
    ("after the server has started", signal.SIGTERM),
]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    EmbeddedServer(tmp_path / "home").stop(force=True)


def stop_first_start(home: Path, instant: str, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STOP_AT, str(home), instant, str(int(number))],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.wait(120) != 0, "the first start was not stopped"


@pytest.mark.parametrize(("instant", "number"), CASES, ids=lambda value: getattr(value, "name", value))
def test_the_second_start_works_and_nothing_is_left_of_the_first(
    home: Path, instant: str, number: signal.Signals
) -> None:
    stop_first_start(home, instant, number)
    assert run(home, OPEN + "print(connection.execute('select 1').fetchone()[0])") == "1\n"
    assert sorted(path.name for path in (home / "postgres").iterdir()) == ["data", "password"]


def test_a_first_start_that_is_interrupted_removes_what_it_made_by_itself(home: Path) -> None:
    stop_first_start(home, "while initdb writes", signal.SIGINT)
    assert list((home / "postgres").iterdir()) == []


def test_a_program_that_goes_on_writing_for_a_killed_start_is_ended(home: Path) -> None:
    """The process that was killed could not stop its `initdb`, which writes into the folder to be removed."""
    folder = home / "postgres" / f"data.incoming-{os.getpid()}"
    folder.mkdir(parents=True)
    (folder.parent / f"{folder.name}.password").touch()
    writer = f"import os, time\nwhile True:\n    open('{folder}/' + os.urandom(4).hex(), 'w').close()\n"
    orphan = subprocess.Popen([sys.executable, "-c", writer, "initdb", f"--pgdata={folder}"], cwd="/")
    wait_for(lambda: any(folder.iterdir()))
    try:
        assert run(home, OPEN + "print(endpoint.port)")
        assert orphan.wait(10) == -signal.SIGKILL
    finally:
        orphan.kill()
    assert sorted(path.name for path in (home / "postgres").iterdir()) == ["data", "password"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_whose_start_was_stopped_does_not_run_on(home: Path, number: signal.Signals) -> None:
    stop_first_start(home, "after the server has started", number)
    wait_for(lambda: "database system is shut down" in EmbeddedServer(home).log.read_text())
    wait_for(lambda: is_down(home))
