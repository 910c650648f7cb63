"""Whether a newly trained version replaces the active one at its registration, by what their own trainings measured.

Belongs here: the rules and their reasons. Does not: reading what was measured, switching versions; and the stricter
comparison on the same later rows (`ml.promotion.gate`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ACCURACY_MARGIN = 0.02
"""A new version may be this much less accurate on its own, later hold-out: the same model measured twice varies so."""


@dataclass(frozen=True)
class RegistrationDecision:
    """Whether a version goes live, and why; one that does not is archived, or challenges from the shadow."""

    is_promoted: bool
    reason: str
    evidence: dict[str, Any]
    is_challenger: bool = False


def first_version(evidence: dict[str, Any]) -> RegistrationDecision:
    """Promote where there is nothing to replace."""
    return RegistrationDecision(True, "first version of this model", evidence)


def not_worse_on_shared_origins(
    candidate: Mapping[date, float], incumbent: Mapping[date, float], incumbent_version: str
) -> RegistrationDecision:
    """Promote a version whose mean ROC AUC is not below the incumbent's on the backtest origins that both have.

    Parameters
    ----------
    candidate, incumbent : mapping of date to float
        ROC AUC by origin.

    Notes
    -----
    Without a common origin (the old backtest lies too far back to compare) the candidate goes live: a model of today's
    data beats one nobody can compare.
    """
    common = sorted(candidate.keys() & incumbent.keys())
    evidence: dict[str, Any] = {"incumbent": incumbent_version, "common_origins": [day.isoformat() for day in common]}
    if not common:
        return RegistrationDecision(True, f"no backtest origin in common with {incumbent_version}", evidence)
    ours = sum(candidate[day] for day in common) / len(common)
    theirs = sum(incumbent[day] for day in common) / len(common)
    evidence |= {"candidate_auc_roc": ours, "incumbent_auc_roc": theirs}
    reason = f"mean ROC AUC {ours:.4f} against {theirs:.4f} of {incumbent_version} on {len(common)} origins"
    return RegistrationDecision(ours >= theirs, reason, evidence)


def not_less_accurate(candidate: float, incumbent: float, incumbent_version: str) -> RegistrationDecision:
    """Promote a version whose hold-out accuracy is not below the incumbent's by more than `ACCURACY_MARGIN`."""
    evidence = {"incumbent": incumbent_version, "candidate": candidate, "incumbent_accuracy": incumbent}
    reason = f"hold-out accuracy {candidate:.4f} against {incumbent:.4f} of {incumbent_version}"
    return RegistrationDecision(candidate >= incumbent - ACCURACY_MARGIN, reason, evidence)
