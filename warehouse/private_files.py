"""Private files: all folders (0700) and files (0600) are closed to other users, independent of the umask.

The one place that makes the home and replaces files. Contents are records of customers, or models and pages made of
them. Out of scope: the data directory of the server (`warehouse.server`), whose modes PostgreSQL sets.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

UMASK = 0o077
FOLDER_MODE = 0o700
FILE_MODE = 0o600
# Marks a home that was closed to others; a home of an older version has no such file.
_CLOSED_MARK = ".closed"
# PostgreSQL sets the modes of its folder, and may run as another user.
_OF_THE_SERVER = "postgres"


def keep_files_private() -> None:
    """Make what this process and those it starts write private from now on, by libraries too."""
    os.umask(UMASK)


def open_home(home: Path) -> None:
    """Create the home, or close an existing one to other users; call it before writing into the home.

    Parameters
    ----------
    home
        The home folder. Readable files of an older version are closed once.

    Raises
    ------
    OSError
        The folder cannot be made.
    """
    keep_files_private()
    make_folder(home)
    if not (home / _CLOSED_MARK).exists():
        _close(home)
        with contextlib.suppress(OSError):  # without the mark the next process closes it again
            (home / _CLOSED_MARK).touch(FILE_MODE)


def make_folder(folder: Path) -> Path:
    """Create a folder with missing parents, closed to others unless it exists; return it."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for one in (*reversed(missing), folder):
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def write_file(path: Path, content: bytes | str, *, is_durable: bool = False) -> None:
    """Write a file so that readers see the old content or the new one; its folder is created if missing.

    Parameters
    ----------
    path
        The file, replaced if it exists.
    content
        Bytes, or text that is written in UTF-8.
    is_durable
        Whether it must be on disk before this returns, for content that cannot be created again.
    """
    with replaced_file(path, is_durable=is_durable) as incoming:
        incoming.write_bytes(content.encode() if isinstance(content, str) else content)


def write_if_changed(path: Path, content: bytes | str) -> bool:
    """Write a file as `write_file` does unless it has this content already; return whether it was written."""
    new_content = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == new_content:
        return False
    write_file(path, new_content)
    return True


@contextlib.contextmanager
def appended_file(path: Path) -> Iterator[int]:
    """Yield the descriptor of a private file that is read and appended to, locked against other processes.

    The file and its folder are created if missing. What was written is on disk when the block has ended.
    """
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
        os.fsync(descriptor)
        _to_disk(path.parent)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def replaced_file(path: Path, *, is_durable: bool = False) -> Iterator[Path]:
    """Yield an empty private file next to the target, and replace the target if the block ends without an error.

    For programs and libraries that write to a path.
    """
    make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".incoming")  # mode 0600
    os.close(descriptor)
    incoming = Path(name)
    try:
        yield incoming
        if is_durable:
            _to_disk(incoming)
        incoming.replace(path)
        if is_durable:
            _to_disk(path.parent)
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that does not exist yet and appears complete or not at all."""
    make_folder(folder.parent)
    incoming = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".incoming"))  # mode 0700
    try:
        for name, content in files.items():
            (incoming / name).touch(FILE_MODE)
            (incoming / name).write_bytes(content)
            _to_disk(incoming / name)
        incoming.rename(folder)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _close(folder: Path) -> None:
    """Remove the rights of others from a folder and its content, except links and files of another user."""
    for place, folders, files in os.walk(folder):
        if place == str(folder):
            folders[:] = [name for name in folders if name != _OF_THE_SERVER]
        for path in (Path(place), *(Path(place, name) for name in files)):
            state = path.lstat()
            if state.st_uid == os.geteuid() and not stat.S_ISLNK(state.st_mode) and state.st_mode & 0o077:
                path.chmod(stat.S_IMODE(state.st_mode) & 0o700)
