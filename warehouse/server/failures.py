"""Translate errors of PostgreSQL into errors with a remedy.

Out of scope: deciding whether to try again (`postmaster`).
"""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.errors import BellwetherError

PORT_TAKEN = re.compile(r"Address already in use|could not create any TCP/IP sockets", re.IGNORECASE)

_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|Check free disk space|Disk quota exceeded|File too large|"
        r"Errno (27|28|122)\b",
        "The disk is full: the embedded PostgreSQL cannot write.",
        "free some space, or put the data elsewhere with BELLWETHER_HOME=/another/folder",
    ),
    (
        r"Read-only file system|Errno 30\b",
        "The folder of the embedded PostgreSQL cannot be written: its file system is read-only.",
        "put the data elsewhere with BELLWETHER_HOME=/another/folder",
    ),
    (
        r"Permission denied|Operation not permitted|has wrong ownership|Errno 13\b|Errno 1\b",
        "The embedded PostgreSQL may not use its folder.",
        "give the folder to the user who runs Bellwether (chown -R), let that user enter every folder "
        "above it, or choose another with BELLWETHER_HOME=/another/folder",
    ),
    (
        r"could not map anonymous shared memory|Cannot allocate memory|could not create shared memory",
        "There is not enough memory for the embedded PostgreSQL.",
        "close other programs, or write `shared_buffers = '32MB'` into local.conf in the data directory",
    ),
    (
        r"database files are incompatible with server|was initialized by PostgreSQL version",
        "The data directory belongs to another PostgreSQL version.",
        "set BELLWETHER_POSTGRES_BIN to the programs of that version",
    ),
    (
        r"could not locate a valid checkpoint record|is not a valid data directory|invalid data in file|PANIC",
        "The data directory of the embedded PostgreSQL is damaged.",
        "keep a copy of it, then remove it and run again (everything is loaded and built again), "
        "or restore a backup with `bellwether db restore FILE`",
    ),
    (
        PORT_TAKEN.pattern,
        "No free port on 127.0.0.1 was found for the embedded PostgreSQL.",
        "see which programs listen there (`ss -ltn`), or set BELLWETHER_DATABASE_URL to a server of your own",
    ),
    (
        r"cannot be run as root|root execution of the PostgreSQL server is not permitted",
        "PostgreSQL does not run as root.",
        "run Bellwether as an ordinary user",
    ),
)


def explain_server_failure(output: str, where: Path) -> BellwetherError:
    """Return an error that explains the output of PostgreSQL.

    Parameters
    ----------
    output
        Standard error, the tail of the log, or the text of an OSError.
    where
        The folder concerned.
    """
    last_lines = " | ".join(line.strip() for line in output.strip().splitlines() if line.strip())[-1500:]
    for pattern, what, remedy in _MEANINGS:
        if re.search(pattern, output):
            return BellwetherError(what, where=f"{where} ({last_lines})", remedy=remedy)
    return BellwetherError(
        "The embedded PostgreSQL did not start.",
        where=f"{where} ({last_lines or 'no output'})",
        remedy="read the log named above; or set BELLWETHER_DATABASE_URL to a server of your own",
    )
