"""Lifecycle of the embedded server: it runs from the first process that uses it to the last, or until stopped.

Each process that uses the server holds a shared lock until it ends; start and stop need an exclusive one.
A mark file (`db start`) keeps the server running without users. After kill -9 of the last user the guardian stops it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from warehouse.errors import BellwetherError
from warehouse.private_files import make_folder, open_home
from warehouse.server import locks
from warehouse.server.cluster import SUPERUSER, Cluster
from warehouse.server.failures import explain_server_failure
from warehouse.server.identity import server_identity
from warehouse.server.postmaster import PidFile, Postmaster

_LONGEST_SOCKET_PATH = 103 if sys.platform == "darwin" else 107
_LONGEST_SOCKET_NAME = len("/.s.PGSQL.65535")


@dataclass(frozen=True)
class Endpoint:
    """Where the running server is reached: socket directory, loopback port, superuser and password."""

    socket_dir: str
    port: int
    user: str
    password: str = field(repr=False)
    pid: int


@dataclass(frozen=True)
class _UsageLock:
    """A process's shared locks: on the use of the server, and on the guardian's wait."""

    process: int
    use: int
    watch: int


class EmbeddedServer:
    """The embedded PostgreSQL of one home.

    Parameters
    ----------
    home
        The home folder of Bellwether.
    """

    # One lock per home and process: os.getpid() shows a forked child that the lock is its parent's.
    _locks: dict[Path, _UsageLock] = {}  # noqa: RUF012
    _guardians: list[subprocess.Popen[bytes]] = []  # noqa: RUF012
    _guard = threading.Lock()

    def __init__(self, home: Path) -> None:
        self.home = home
        self.run_dir = home / "run"
        self.cluster = Cluster(home / "postgres")
        self.log = home / "logs" / "postgres.log"
        self.postmaster = Postmaster(self.cluster.data, self.log)
        self._start_lock = self.run_dir / "server.lock"
        self._users_lock = self.run_dir / "users.lock"
        self._watch_lock = self.run_dir / "watch.lock"
        self._keep_mark = self.run_dir / "keep"
        self._port_file = self.run_dir / "port"

    def use(self) -> Endpoint:
        """Have the server running until this process ends.

        Raises
        ------
        BellwetherError
            When it cannot start; with reason and remedy.
        """
        with self._guard:
            if self._is_held() and (found := self.postmaster.running()) and self.postmaster.is_ready(found):
                return self._endpoint(found)
            self._prepare_run_dir()
            _turn_sigterm_into_exit()  # before the start, so that an interrupted one cleans up
            with locks.exclusive(self._start_lock):
                found = self._running_or_started()
                self._hold()
            return self._endpoint(found)

    def keep_running(self) -> Endpoint:
        """Start the server and leave it running after this process, until `stop`."""
        endpoint = self.use()
        self._keep_mark.touch()
        return endpoint

    def status(self) -> Endpoint | None:
        """Where the server is reached, without starting it."""
        found = self.postmaster.running()
        return self._endpoint(found) if found is not None and self.postmaster.is_ready(found) else None

    @property
    def is_kept_running(self) -> bool:
        """Whether `keep_running` was called."""
        return self._keep_mark.exists()

    def stop(self, *, force: bool = False) -> bool:
        """Remove the mark and stop the server, unless other processes use it.

        Parameters
        ----------
        force
            Stop it even then.

        Returns
        -------
        bool
            Whether it has stopped; if not, it stops when its last user ends.
        """
        if not self.run_dir.is_dir():
            return True
        with self._guard, locks.exclusive(self._start_lock):
            self._keep_mark.unlink(missing_ok=True)
            if self._is_held():
                os.close(self._release())
            if not force and not locks.is_unused(self._users_lock):
                self._start_guardian()
                return False
            self.postmaster.stop()
            return True

    def release(self) -> None:
        """Release this process's lock; the last process stops the server."""
        with self._guard:
            if not self._is_held():
                return
            with locks.exclusive(self._start_lock):
                watched = self._release()
                self._stop_if_unused()
            os.close(watched)

    def stop_when_unused(self) -> None:
        """Wait until no process uses the server and stop it, unless it is kept running: run by the guardian."""
        while True:
            locks.wait_until_unused(self._watch_lock)
            with locks.exclusive(self._start_lock):
                if self.postmaster.running() is None or self.is_kept_running or self._stop_if_unused():
                    return

    def _stop_if_unused(self) -> bool:
        if self.is_kept_running or not locks.is_unused(self._users_lock):
            return False
        self.postmaster.stop()
        return True

    def _running_or_started(self) -> PidFile:
        found = self.postmaster.running() and self.postmaster.await_ready()
        if found:
            return found
        self.cluster.prepare()
        # before the server: its guardian waits for the start lock, and sees a start that was killed
        self._start_guardian()
        preferred = self._port_file.read_text() if self._port_file.is_file() else ""
        found = self.postmaster.start(self._socket_dir(), int(preferred) if preferred.isdigit() else None)
        self._port_file.write_text(str(found.port))
        return found

    def _start_guardian(self) -> None:
        guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "warehouse.server.guardian", str(self.home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,
        )
        self._guardians.append(guardian)

    def _prepare_run_dir(self) -> None:
        try:
            open_home(self.home)
            for folder in (self.run_dir, self.cluster.folder):
                make_folder(folder)
            server_identity().allow_traversal(self.home, self.run_dir, self.cluster.folder)
        except OSError as error:
            raise explain_server_failure(str(error), self.home) from error

    def _socket_dir(self) -> Path:
        """Create a folder closed to others; a short path is used if the home's is too long for a socket."""
        folder = self.run_dir / "socket"
        if len(os.fsencode(folder)) + _LONGEST_SOCKET_NAME > _LONGEST_SOCKET_PATH:
            digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"bellwether-{os.geteuid()}-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        state, owners = folder.lstat(), {os.geteuid(), (server_identity().owner or (os.geteuid(), 0))[0]}
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in owners or state.st_mode & 0o077:
            raise BellwetherError(
                "The folder for the server's socket is open to other users, or belongs to one.",
                where=str(folder),
                remedy="remove it, or choose a shorter BELLWETHER_HOME",
            )
        return folder

    def _endpoint(self, found: PidFile) -> Endpoint:
        return Endpoint(found.socket_dir, found.port, SUPERUSER, self.cluster.password, found.pid)

    def _is_held(self) -> bool:
        hold = self._locks.get(self.home)
        return hold is not None and hold.process == os.getpid()

    def _hold(self) -> None:
        if self._is_held():
            return
        use, watch = locks.hold_shared(self._users_lock), locks.hold_shared(self._watch_lock)
        self._locks[self.home] = _UsageLock(os.getpid(), use, watch)
        atexit.register(self.release)

    def _release(self) -> int:
        """Release the lock on use, and return the one that the guardian waits for: the caller closes it last."""
        hold = self._locks.pop(self.home)
        os.close(hold.use)
        atexit.unregister(self.release)
        return hold.watch


def _turn_sigterm_into_exit() -> None:
    """SIGTERM ends a process without its exit functions: make it an ordinary exit, unless it is handled."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _exit_on_signal)


def _exit_on_signal(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
