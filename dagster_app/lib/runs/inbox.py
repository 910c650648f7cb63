"""Find data packages in the inbox and tell which are whole, loaded, or still to load."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection

SETTLED_SECONDS = 10
"""A package whose newest file is younger is still being copied."""


@dataclass(frozen=True)
class InboxPackage:
    """One package folder in its present state; the fingerprint changes with any file in it."""

    path: Path
    fingerprint: str
    file_hashes: frozenset[str]


def settled_packages(inbox: Path, now: float | None = None) -> list[InboxPackage]:
    """Return packages that are no longer being written to, sorted by name."""
    moment = time.time() if now is None else now
    found = []
    for definition in sorted(inbox.glob("*/package.yml")):
        files = sorted(path for path in definition.parent.rglob("*") if path.is_file())
        if all(moment - path.stat().st_mtime >= SETTLED_SECONDS for path in files):
            found.append(_read(definition.parent, files))
    return found


def _read(folder: Path, files: list[Path]) -> InboxPackage:
    digest = hashlib.sha256()
    hashes = set()
    for path in files:
        with path.open("rb") as content:
            file_hash = hashlib.file_digest(content, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}:{file_hash};".encode())
        if path.name != "package.yml":
            hashes.add(file_hash)
    return InboxPackage(folder, digest.hexdigest(), frozenset(hashes))


def is_loaded(connection: Connection[Any], package: InboxPackage) -> bool:
    """Whether the load ledger has every file of the package as loaded; a load that died does not count."""
    row = connection.execute(
        "select count(distinct file_sha256) from source.load_batch where status = 'loaded' and file_sha256 = any(%s)",
        [sorted(package.file_hashes)],
    ).fetchone()
    return row is not None and int(row[0]) == len(package.file_hashes)
