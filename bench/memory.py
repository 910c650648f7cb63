"""Peak memory of a measured process, its children and the world's PostgreSQL server.

Memory that a process has to itself (USS) is summed, so that what is shared, such as the server's buffers (512 MB by
default), is counted in no one's favour.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_SECONDS = 0.2


class PeakMemory:
    """Samples while a process runs; `megabytes` is the largest sum seen.

    Parameters
    ----------
    pid : int
        The measured process.
    home : Path or None
        Home whose server counts too; None for a peer without one.
    """

    def __init__(self, pid: int, home: Path | None) -> None:
        self._pid, self._home = pid, home
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            pids = {*_family(self._pid), *(_family(_server_pid(self._home)) if self._home else ())}
            self.megabytes = max(self.megabytes, sum(_private_bytes(pid) for pid in pids) / 1e6)
            self._stop.wait(_SECONDS)


def _family(pid: int | None) -> list[int]:
    if pid is None:
        return []
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _server_pid(home: Path) -> int | None:
    files = list(home.glob("postgres/**/postmaster.pid"))
    try:
        pid = int(files[0].read_text().split("\n")[0]) if files else 0
    except (OSError, ValueError):
        return None  # the server is just being started or stopped
    return pid if pid > 0 else None  # negative: a single-user process, while the cluster is made


def _private_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_full_info().uss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
