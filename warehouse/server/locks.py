"""File locks between processes: who may start or stop the server, and who uses it.

The kernel drops a killed process's locks, so that nothing has to be cleaned up after kill -9.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the file alone; waits for the others."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold_shared(path: Path) -> int:
    """Hold the file with others; the descriptor returned is the hold."""
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def is_unused(path: Path) -> bool:
    """Whether no process holds the file at this moment."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def wait_until_unused(path: Path) -> None:
    """Sleep in the kernel until no process holds the file."""
    with exclusive(path):
        pass
