"""The verdict of the promotion gate and its reasons.

Belongs here: reasons and how they make a verdict. Does not: the criteria.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Finding(StrEnum):
    """Result of one criterion: whether it supports the promotion."""

    SUPPORTS = "for"
    OPPOSES = "against"
    NEUTRAL = "neutral"
    NOT_COMPUTABLE = "cannot compute"


@dataclass(frozen=True)
class Reason:
    """Result of one criterion, as text and as numbers (plain JSON values)."""

    check: str
    finding: Finding
    statement: str
    figures: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for the record."""
        return {"check": self.check, "finding": self.finding.value, "statement": self.statement} | self.figures


@dataclass(frozen=True)
class GateVerdict:
    """Reasons in the order of the criteria; passed if one supports and none opposes or cannot be computed."""

    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, reasons: Sequence[Reason]) -> "GateVerdict":
        """Build a verdict from reasons."""
        return cls(tuple(reasons))

    @property
    def passed(self) -> bool:
        """Whether the challenger may be promoted."""
        findings = {reason.finding for reason in self.reasons}
        return Finding.SUPPORTS in findings and not findings & {Finding.OPPOSES, Finding.NOT_COMPUTABLE}

    @property
    def is_computable(self) -> bool:
        """Whether every criterion could be computed; otherwise the challenger is rejected."""
        return all(reason.finding is not Finding.NOT_COMPUTABLE for reason in self.reasons)

    @property
    def summary(self) -> str:
        """The decision and its reasons in one line."""
        decisive = [r for r in self.reasons if r.finding in (Finding.OPPOSES, Finding.NOT_COMPUTABLE)]
        if self.passed:
            decisive = [reason for reason in self.reasons if reason.finding is Finding.SUPPORTS]
        stated = "; ".join(reason.statement for reason in decisive) or "no criterion supports the change"
        return f"{'passed' if self.passed else 'rejected'}: {stated}"

    def to_records(self) -> list[dict[str, Any]]:
        """Return the reasons as plain values, for the record."""
        return [reason.to_dict() for reason in self.reasons]
