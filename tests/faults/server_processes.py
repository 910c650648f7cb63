"""Processes that use an embedded server, to be killed by the tests beside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from warehouse.server import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]

# What the tests' own process ignores would be ignored here too: SIGTERM does again what it does by default.
OPEN = """
import signal
import sys
from pathlib import Path
import psycopg
from warehouse.database.companies import server_conninfo
import psutil

from warehouse.server import EmbeddedServer
signal.signal(signal.SIGTERM, signal.SIG_DFL)
server = EmbeddedServer(Path(sys.argv[1]))
endpoint = server.use()
connection = psycopg.connect(server_conninfo(endpoint, "postgres"), autocommit=True)
"""
WAIT = """
print("open", flush=True)
sys.stdin.read()
"""
KEEP_A_ROW = """
connection.execute("set synchronous_commit = on")
connection.execute("create table if not exists kept (value integer)")
connection.execute("insert into kept values (1)")
"""
COUNT_ROWS = 'print(connection.execute("select count(*) from kept").fetchone()[0])'


def start(home: Path, program: str, *, command: tuple[str, ...] = (sys.executable,)) -> subprocess.Popen[str]:
    """A process that runs the program; it waits for its standard input to close if the program says WAIT."""
    return subprocess.Popen(
        [*command, "-c", program, str(home)],
        cwd=ROOT,
        # another Python of the same version, which other users may read, finds the packages here
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path(psutil.__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_user(home: Path, program: str = OPEN) -> subprocess.Popen[str]:
    """A process that has the server open now."""
    process = start(home, program + WAIT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "open\n", process.communicate()[1]
    return process


def run(home: Path, program: str, *, command: tuple[str, ...] = (sys.executable,)) -> str:
    """Output of a program that ends by itself."""
    output, failed = (process := start(home, program, command=command)).communicate(timeout=120)
    assert process.returncode == 0, failed
    return output


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Seconds until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - began


def is_down(home: Path) -> bool:
    return EmbeddedServer(home).postmaster.running() is None
