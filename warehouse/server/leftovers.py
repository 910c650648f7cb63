"""What an interrupted creation of the data directory left behind: its processes ended, its files removed.

Out of scope: the sessions of a server that was killed (`postmaster`).
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import psutil

_END_SECONDS = 10


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Remove the folders and files of a folder that match, after ending the programs that still write there.

    A program outlives a killed process that started it: `initdb` goes on writing into what is to be removed.

    Raises
    ------
    OSError
        Something cannot be removed.
    """
    found = sorted(folder.glob(pattern))
    for path in found:
        _end_processes_in(path)
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _end_processes_in(folder: Path) -> None:
    place = folder.resolve()
    # again until none is found: `initdb` may have started one more while it was looked for
    while working := [process for process in psutil.process_iter() if _works_in(process, place)]:
        for process in working:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _, alive = psutil.wait_procs(working, timeout=_END_SECONDS)
        if alive:
            return  # what cannot be ended makes the removal fail, which says where


def _works_in(process: psutil.Process, place: Path) -> bool:
    """Whether a process is `initdb` for this folder, or a program that `initdb` started inside it."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return f"--pgdata={place}" in process.cmdline() or Path(process.cwd()) == place
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return False
