"""What a guard found: where, what, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of a guard.

    Parameters
    ----------
    file
        Path inside the project.
    what, remedy
        What is wrong, and what to do about it.
    """

    file: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}. Fix: {self.remedy}"
