"""Whether a month's labels can be true: held against what the models and earlier months expect.

Belongs here: the two questions asked of labels before anything is learned from a comparison on them. Does not: drift.
"""

import numpy as np
import pandas as pd

from ml.promotion.policy import GatePolicy
from ml.promotion.verdict import Finding, Reason

CHECK = "labels are plausible"
SAFE_SHARE = 1 / 3
"""Share of the month that either model calls safe: fewer tell nothing at 1,000 customers, more hide a tenth flipped."""


def label_plausibility(rows: pd.DataFrame, reference_ratio: float, policy: GatePolicy) -> Reason:
    """Ask of each month whether its share of positives, and that among safe customers, can be.

    Parameters
    ----------
    rows : DataFrame
        ``as_of_date``, ``label``, ``champion`` and ``challenger`` (probabilities).
    reference_ratio : float
        Share of positives in the labels the champion learned from, 0 to 1.

    Notes
    -----
    The share of positives must lie, in odds, within `label_factor` of the champion's mean probability or of the
    reference. Flipped labels shift it little where the outcome is common, but they show among the customers whom
    both models call safe: no drift that either model knows of puts positives there. Both differences
    must exceed `label_deviations` standard deviations of a sum of independent outcomes with the expected
    probabilities. A refusal of labels that were true costs time only.
    """
    complaints = []
    for day, month in rows.groupby("as_of_date", sort=True):
        complaints += [
            f"{pd.Timestamp(str(day)):%Y-%m}: {words}" for words in _complaints(month, reference_ratio, policy)
        ]
    if complaints:
        return Reason(CHECK, Finding.OPPOSES, "labels are implausible, " + "; ".join(complaints))
    months = int(rows["as_of_date"].nunique())
    return Reason(CHECK, Finding.NEUTRAL, f"labels of {months} months are plausible")


def _complaints(month: pd.DataFrame, reference_ratio: float, policy: GatePolicy) -> list[str]:
    labels = month["label"].to_numpy("float64")
    champion, challenger = month["champion"].to_numpy("float64"), month["challenger"].to_numpy("float64")
    found = []
    observed, estimate = float(labels.mean()), float(champion.mean())
    expected = (estimate, reference_ratio)
    low, high = _scaled(min(expected), 1 / policy.label_factor), _scaled(max(expected), policy.label_factor)
    nearest = min(max(observed, min(expected)), max(expected))
    deviations = abs(observed - nearest) / np.sqrt(max(nearest * (1 - nearest), 1e-9) / len(labels))
    if not low <= observed <= high and deviations > policy.label_deviations:
        found.append(
            f"{observed:.1%} of {len(labels)} labels are positive where {estimate:.1%} (estimate) and"
            f" {reference_ratio:.1%} (reference) are expected"
        )
    safe = (champion <= np.quantile(champion, SAFE_SHARE)) & (challenger <= np.quantile(challenger, SAFE_SHARE))
    if safe.any():
        stated = (champion + challenger)[safe] / 2
        surplus = float(labels[safe].sum() - stated.sum())
        deviation = float(np.sqrt(max((stated * (1 - stated)).sum(), 1.0)))
        if labels[safe].sum() > policy.floor_factor * stated.sum() and surplus > policy.label_deviations * deviation:
            found.append(
                f"{labels[safe].mean():.1%} of the {int(safe.sum())} customers whom both models call safe are positive,"
                f" {stated.mean():.1%} are expected"
            )
    return found


def _scaled(ratio: float, factor: float) -> float:
    """Return the ratio whose odds are `factor` times those of `ratio`."""
    bounded = min(max(ratio, 1e-6), 1 - 1e-6)
    odds = factor * bounded / (1 - bounded)
    return odds / (1 + odds)
