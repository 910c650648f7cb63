"""The server process: found by its pid file, started, awaited, stopped.

No locks here: `lifecycle` holds them and decides which process may start or stop the server.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from warehouse.errors import BellwetherError
from warehouse.private_files import FILE_MODE, make_folder
from warehouse.server import binaries
from warehouse.server.failures import PORT_TAKEN, explain_server_failure
from warehouse.server.identity import server_identity

_PORT_TRIES = 4
_START_SECONDS = 60
# After a crash the log is replayed, which may take long; the process is alive meanwhile.
_RECOVERY_SECONDS = 1800
_STOP_SECONDS = 60
# Time for the sessions of a killed server to end by themselves, and again after each signal.
_ORPHAN_SECONDS = 5
_POLL_SECONDS = 0.05

# Servers this process started: stored so that an ended one is reaped and does not remain as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class PidFile:
    """Content of postmaster.pid: process, TCP port (line 4) and socket directory (line 5)."""

    pid: int
    port: int
    socket_dir: str


class Postmaster:
    """The process that serves one data directory.

    Parameters
    ----------
    data
        The data directory.
    log
        File its messages are appended to.
    """

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        self.log = log

    def running(self) -> PidFile | None:
        """Pid file of the living server of this directory; None when there is none."""
        found = self._read_pid_file()
        return found if found is not None and self._is_ours(found.pid) else None

    def is_ready(self, found: PidFile) -> bool:
        """Whether the server accepts connections, by its own tool and not by its pid."""
        command = [str(binaries.binaries() / "pg_isready"), "-q", "-h", found.socket_dir, "-p", str(found.port)]
        environment = binaries.clean_environment()
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0  # noqa: S603

    def start(self, socket_dir: Path, preferred_port: int | None) -> PidFile:
        """Start the server on a free loopback port and wait until it answers.

        Parameters
        ----------
        socket_dir
            Folder of its Unix socket, closed to other users.
        preferred_port
            The port of the last start, so that saved addresses stay valid.

        Raises
        ------
        BellwetherError
            With the reason from its log.
        """
        self._invalidate_stale_pid_file()
        self._stop_orphaned_sessions()
        for left_over in socket_dir.glob(".s.PGSQL.*"):
            left_over.unlink()  # of a killed server: only this server uses the folder, and it is not running
        make_folder(self.log.parent)
        self.log.touch(FILE_MODE)
        server_identity().change_owner(socket_dir)
        for attempt in range(_PORT_TRIES):
            port = free_port(preferred_port if attempt == 0 else None)
            log_start = self.log.stat().st_size if self.log.exists() else 0
            process = self._spawn(socket_dir, port)
            found = self._await_ready(process)
            if found is not None:
                return found
            log_text = self._log_since(log_start)
            if not PORT_TAKEN.search(log_text):
                break
        raise explain_server_failure(log_text, self.log)

    def await_ready(self) -> PidFile | None:
        """Wait for a living server that is still starting or recovering; None if it ends."""
        return self._await_ready(None)

    def stop(self) -> None:
        """Stop the server: fast shutdown first, then immediate.

        Raises
        ------
        BellwetherError
            When it does not end.
        """
        found = self.running()
        if found is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT):
            try:
                os.kill(found.pid, how)
            except ProcessLookupError:
                return
            if self._await_end(found.pid):
                return
        raise BellwetherError(
            "The embedded PostgreSQL does not stop.",
            where=f"process {found.pid}, log {self.log}",
            remedy=f"end it with `kill -9 {found.pid}`: the next start recovers its data",
        )

    def _spawn(self, socket_dir: Path, port: int) -> subprocess.Popen[bytes]:
        command = [
            *server_identity().prefix,
            str(binaries.binaries() / "postgres"),
            *("-D", str(self.data), "-p", str(port), "-k", str(socket_dir)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_permissions=0700"),
        ]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must not reach the server.
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                env=binaries.clean_environment(),
            )
        _children[process.pid] = process
        return process

    def _await_ready(self, process: subprocess.Popen[bytes] | None) -> PidFile | None:
        deadline, limit = time.monotonic() + _START_SECONDS, time.monotonic() + _RECOVERY_SECONDS
        while time.monotonic() < limit:
            found = self.running()
            if found is not None:
                deadline = limit
                if self.is_ready(found):
                    return found
            elif process is None or process.poll() is not None or time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
        return None

    def _await_end(self, pid: int) -> bool:
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if not self._is_ours(pid):
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _read_pid_file(self) -> PidFile | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return PidFile(int(lines[0]), int(lines[3]), lines[4])
        except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
            return None  # no server, or one that has not written all lines yet

    def _is_ours(self, pid: int) -> bool:
        """Whether a process is alive and works in this data directory; pids are reused."""
        if (child := _children.get(pid)) is not None and child.poll() is not None:
            del _children[pid]
            return False
        try:
            return self._runs_in_this_folder(psutil.Process(pid))
        except psutil.NoSuchProcess:
            return False

    def _runs_in_this_folder(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
                return False
            return Path(process.cwd()) == self.data.resolve()
        except (psutil.NoSuchProcess, FileNotFoundError):
            return False
        except psutil.AccessDenied:
            return False  # another user's process: the socket in our closed directory is not its

    def _invalidate_stale_pid_file(self) -> None:
        """Keep a used-again pid from blocking the start.

        PostgreSQL ignores its parent's pid in the file. The file is kept: its shared memory key lets
        PostgreSQL detect orphaned sessions of a killed server, and refuse to start.
        """
        path = self.data / "postmaster.pid"
        if not path.is_file():
            return
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))

    def _stop_orphaned_sessions(self) -> None:
        """Wait for the sessions of a killed server, and end those that remain.

        They notice its end when they next wait for something, which may take minutes during a long query;
        until the last one has released the shared memory, PostgreSQL refuses to start.
        """
        # without their server they start no others: the processes of the machine are looked through once
        orphans = [found for found in psutil.process_iter() if self._runs_in_this_folder(found)]
        for how in (None, signal.SIGQUIT, signal.SIGKILL):
            for orphan in orphans if how else ():
                with contextlib.suppress(psutil.NoSuchProcess):
                    orphan.send_signal(how)
            deadline = time.monotonic() + _ORPHAN_SECONDS
            while orphans and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                orphans = [orphan for orphan in orphans if self._runs_in_this_folder(orphan)]

    def _log_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")


def free_port(preferred: int | None) -> int:
    """Find a loopback port that is free at this moment, the preferred one if it is free."""
    for port in (preferred, 0) if preferred else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise explain_server_failure("Address already in use", Path("127.0.0.1"))
