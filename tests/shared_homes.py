"""Homes that are expensive to make: made once for all processes of a test run, and copied for each that wants one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from warehouse.private_files import write_file
from warehouse.server import EmbeddedServer
from warehouse.server.identity import server_identity

# A test needs none of the guarantees that a disk gives after a crash of the machine.
SERVER_SETTINGS = "fsync = off\nfull_page_writes = off\nshared_buffers = 128MB\n"


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None], *, begins_as: Path | None = None
) -> Path:
    """Return the home of this name, which the first process that asks makes while the others wait.

    Parameters
    ----------
    make : callable
        Fills a home whose server runs. The server is stopped afterwards, so that the files can be copied.
    begins_as : Path, optional
        Home that this one is a copy of before it is filled; none: it is empty.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not home.exists():
            incoming = shared / f"{name}.incoming"
            shutil.rmtree(incoming, ignore_errors=True)
            with copied_server(begins_as, incoming) if begins_as else new_server(incoming):
                make(incoming)
            incoming.rename(home)
    return home


@contextmanager
def new_server(home: Path) -> Iterator[EmbeddedServer]:
    """Run an embedded server with the settings of the tests in a new home."""
    server = EmbeddedServer(home)
    server.cluster.prepare()
    write_file(server.cluster.data / "local.conf", SERVER_SETTINGS)
    server_identity().change_owner(server.cluster.data / "local.conf")
    with _running(server):
        yield server


@contextmanager
def copied_server(source: Path, home: Path) -> Iterator[EmbeddedServer]:
    """Run the server of a home that is a copy of another one, whose own server does not run."""
    shutil.copytree(source, home, symlinks=True, ignore=lambda folder, _: ["run"] if Path(folder) == source else [])
    server = EmbeddedServer(home)
    server_identity().change_owner(server.cluster.folder)
    with _running(server):
        yield server


@contextmanager
def _running(server: EmbeddedServer) -> Iterator[None]:
    server.use()
    try:
        yield
    finally:
        server.stop(force=True)
