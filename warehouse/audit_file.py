"""The seal file: the digest of every sealed block of the audit trail, outside of the database.

One line of JSON for each block, only ever appended. It shows a chain that was computed again as a whole, which the
database by itself cannot. Out of scope: sealing and verifying (`warehouse.audit`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import BellwetherError

FILE_NAME = "seals.jsonl"
LOST_FILE = (
    "restore it from your copy; if there is none, or the database was restored from a backup: move the file away, "
    "keep it, and run `bellwether audit seal --new-file`"
)


@dataclass(frozen=True)
class Seal:
    """One sealed block, as the seal file has it.

    Parameters
    ----------
    block
        Number of the block, from 1.
    digest
        SHA-256 of the block and all blocks before it, in hexadecimal.
    rows
        Rows of the block.
    sealed_at
        When it was sealed.
    """

    block: int
    digest: str
    rows: int
    sealed_at: datetime

    def line(self) -> str:
        """Return the line of the file, with the time in UTC."""
        sealed_at = self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
        content = {"block": self.block, "digest": self.digest, "rows": self.rows, "sealed_at": sealed_at}
        return json.dumps(content) + "\n"


def read_seals(path: Path) -> list[Seal]:
    """Read the seal file; a file that does not exist has no seals.

    Raises
    ------
    BellwetherError
        A line cannot be read, or blocks are missing or out of order.
    """
    return _parse(path.read_bytes(), path) if path.exists() else []


def append_seals(descriptor: int, path: Path, seals: Sequence[Seal], *, is_new: bool) -> None:
    """Append the seals that the file does not have yet.

    Parameters
    ----------
    descriptor
        The file, opened by `warehouse.private_files.appended_file`.
    path
        Its path.
    seals
        Every seal of the database, in order.
    is_new
        Whether the file may begin with these seals although it is empty.

    Raises
    ------
    BellwetherError
        The file contradicts the seals, or it is empty and `is_new` is not set.
    """
    content = path.read_bytes()
    written = _parse(content, path)
    if seals and not written and not is_new:
        raise BellwetherError("The seal file is missing or empty.", where=str(path), remedy=LOST_FILE)
    if written != list(seals[: len(written)]):
        raise BellwetherError(
            "The sealed blocks of the database are not those in the seal file.",
            where=str(path),
            remedy="run `bellwether audit verify`, which names the block; nothing was sealed or written",
        )
    # a last line without its end is of a process that was interrupted: its block is written again
    os.ftruncate(descriptor, content.rfind(b"\n") + 1)
    remaining = "".join(seal.line() for seal in seals[len(written) :]).encode()
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def _parse(content: bytes, path: Path) -> list[Seal]:
    """Read the complete lines."""
    seals: list[Seal] = []
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            found = json.loads(line)
            seal = Seal(
                int(found["block"]),
                str(found["digest"]),
                int(found["rows"]),
                datetime.fromisoformat(found["sealed_at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BellwetherError(
                "A line of the seal file cannot be read.", where=f"{path}, line {number}", remedy=LOST_FILE
            ) from error
        if seal.block != number:
            raise BellwetherError(
                f"Block {number} is not where it must be in the seal file.",
                where=f"{path}, line {number}",
                remedy=LOST_FILE,
            )
        seals.append(seal)
    return seals
