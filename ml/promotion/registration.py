"""Registration: may a newly trained version replace the active one, by the metrics of their own trainings.

Belongs here: the rules and their reasons. Does not: reading metrics, switching versions; and the stricter comparison on
the same later rows (`ml.promotion.gate`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ACCURACY_MARGIN = 0.02
"""Largest accepted fall of accuracy on the later hold-out of the new version: the same model varies by as much."""


@dataclass(frozen=True)
class RegistrationDecision:
    """Whether a version goes into production, and why; otherwise it is archived, or is a challenger in shadow mode."""

    is_promoted: bool
    reason: str
    evidence: dict[str, Any]
    is_challenger: bool = False


def first_version(evidence: dict[str, Any]) -> RegistrationDecision:
    """Promote if there is no version to replace."""
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
    Without a common origin (the old backtest is too old to compare) the candidate goes into production: a model trained
    on current data is preferred to one that cannot be compared.
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
