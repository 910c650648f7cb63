"""What verification of the audit trail found, and its first finding as an error.

Out of scope: reading and comparing rows (`warehouse.audit`).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.audit_file import LOST_FILE
from warehouse.errors import BellwetherError

TABLE = "collections.audit_logs"


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong in the audit trail.

    Parameters
    ----------
    kind
        changed, deleted, inserted or reordered row; altered seal; cut tail; recomputed chain; missing file.
    block
        The block it was found in; None for a row that no block holds.
    row_id
        The first bad row, where one is known.
    what
        The finding, as one sentence.
    """

    kind: str
    block: int | None
    row_id: int | None
    what: str


@dataclass(frozen=True)
class AuditReport:
    """What verification read, and the first finding.

    Parameters
    ----------
    blocks
        Sealed blocks of the database.
    rows
        Rows of these blocks.
    unsealed
        Rows that no block holds yet; they are not verified.
    unwritten
        Blocks that the seal file does not have yet.
    finding
        The first finding; None when every sealed row is as it was.
    """

    blocks: int
    rows: int
    unsealed: int
    unwritten: int
    finding: Finding | None


def require_intact(report: AuditReport) -> None:
    """Raise the finding of a report.

    Raises
    ------
    BellwetherError
        There is one.
    """
    if report.finding is None:
        return
    remedies = {
        "cut tail": f"find out who changed it; keep the database as it is. The seal file: {LOST_FILE}",
        "recomputed chain": f"find out who changed it; keep the database as it is. The seal file: {LOST_FILE}",
        "missing file": LOST_FILE,
    }
    found = report.finding
    table = TABLE if found.kind not in {"altered seal", "cut tail", "recomputed chain"} else "collections.audit_seals"
    parts = [
        table,
        *([f"block {found.block}"] if found.block else []),
        *([f"row {found.row_id}"] if found.row_id else []),
    ]
    raise BellwetherError(
        f"The audit trail is not as it was sealed: {found.kind}. {found.what}",
        where=", ".join(parts),
        remedy=remedies.get(
            found.kind, "find out who changed it; keep the database as it is, and compare the row with a backup"
        ),
    )
