"""What the gate answers: reasons for and against, and a verdict that follows from them.

Belongs here: the shape of an answer. Does not: how a reason is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Finding(StrEnum):
    """What one check of the gate says about promoting."""

    SUPPORTS = "for"
    OPPOSES = "against"
    NEUTRAL = "neutral"
    NOT_COMPUTABLE = "cannot compute"


@dataclass(frozen=True)
class Reason:
    """One check: what it found, in words and in figures (plain JSON values)."""

    check: str
    finding: Finding
    statement: str
    figures: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for the record."""
        return {"check": self.check, "finding": self.finding.value, "statement": self.statement} | self.figures


@dataclass(frozen=True)
class Verdict:
    """Reasons in the order of the checks; passed only if one supports and none opposes or could not be computed."""

    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, reasons: Sequence[Reason]) -> "Verdict":
        """Make a verdict of reasons."""
        return cls(tuple(reasons))

    @property
    def passed(self) -> bool:
        """Whether the challenger may be promoted."""
        findings = {reason.finding for reason in self.reasons}
        return Finding.SUPPORTS in findings and not findings & {Finding.OPPOSES, Finding.NOT_COMPUTABLE}

    @property
    def is_computable(self) -> bool:
        """Whether every check had what it needs; a verdict that is not computable never passes."""
        return all(reason.finding is not Finding.NOT_COMPUTABLE for reason in self.reasons)

    @property
    def words(self) -> str:
        """The decision with what decided it, in one line."""
        decisive = [r for r in self.reasons if r.finding in (Finding.OPPOSES, Finding.NOT_COMPUTABLE)]
        if self.passed:
            decisive = [reason for reason in self.reasons if reason.finding is Finding.SUPPORTS]
        stated = "; ".join(reason.statement for reason in decisive) or "nothing speaks for a change"
        return f"{'passed' if self.passed else 'refused'}: {stated}"

    def to_records(self) -> list[dict[str, Any]]:
        """Return the reasons as plain values, for the record."""
        return [reason.to_dict() for reason in self.reasons]
