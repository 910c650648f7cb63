"""The exception class for failures that a user can fix: message, place, remedy.

Out of scope: programming errors; they are ordinary exceptions with a traceback.
"""

from __future__ import annotations


class BellwetherError(Exception):
    """A failure that the user can fix.

    Parameters
    ----------
    what
        What went wrong, as one sentence.
    where
        The file, line, address or relation it happened at.
    remedy
        What to do; one or more lines.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"Where: {self.where}")
        if self.remedy:
            parts.append(f"Remedy: {self.remedy}")
        return "\n".join(parts)
