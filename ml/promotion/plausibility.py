"""Plausibility of a month's labels, compared with the models' probabilities and with earlier labels.

Belongs here: the two tests of labels before they are used in a comparison. Does not: drift.
"""

import numpy as np
import pandas as pd

from ml.promotion.policy import GatePolicy
from ml.promotion.verdict import Finding, Reason

CHECK = "labels are plausible"
LOW_RISK_SHARE = 1 / 3
"""Share of the month that a model rates as low risk. With fewer customers 1,000 rows do not suffice for the test; with
more customers 10 % of flipped labels are not noticed."""


def label_plausibility(rows: pd.DataFrame, expected_positive_ratio: float, policy: GatePolicy) -> Reason:
    """Test for each month the share of positives, among all customers and among those of low risk.

    Parameters
    ----------
    rows : DataFrame
        ``as_of_date``, ``label``, ``champion`` and ``challenger`` (probabilities).
    expected_positive_ratio : float
        Share of positives in the labels on which the champion was trained, 0 to 1.

    Notes
    -----
    The odds of the share of positives must be within `label_factor` of those of the champion's mean probability or of
    the expected share. If the outcome is common, flipped labels change this share little, but they add positives among
    the customers whom both models rate as low risk. A difference counts if it exceeds `label_deviations` standard
    deviations of a sum of independent outcomes with the expected probabilities. Rejecting correct labels by mistake
    only delays the promotion.
    """
    implausible = []
    for day, month in rows.groupby("as_of_date", sort=True):
        implausible += [
            f"{pd.Timestamp(str(day)):%Y-%m}: {statement}"
            for statement in _implausible_labels(month, expected_positive_ratio, policy)
        ]
    if implausible:
        return Reason(CHECK, Finding.OPPOSES, "labels are implausible, " + "; ".join(implausible))
    months = int(rows["as_of_date"].nunique())
    return Reason(CHECK, Finding.NEUTRAL, f"labels of {months} months are plausible")


def _implausible_labels(month: pd.DataFrame, expected_positive_ratio: float, policy: GatePolicy) -> list[str]:
    labels = month["label"].to_numpy("float64")
    champion, challenger = month["champion"].to_numpy("float64"), month["challenger"].to_numpy("float64")
    found = []
    observed, estimate = float(labels.mean()), float(champion.mean())
    expected = (estimate, expected_positive_ratio)
    low, high = _scaled(min(expected), 1 / policy.label_factor), _scaled(max(expected), policy.label_factor)
    nearest = min(max(observed, min(expected)), max(expected))
    deviations = abs(observed - nearest) / np.sqrt(max(nearest * (1 - nearest), 1e-9) / len(labels))
    if not low <= observed <= high and deviations > policy.label_deviations:
        found.append(
            f"{observed:.1%} of {len(labels)} labels are positive; expected {estimate:.1%} (estimate) or"
            f" {expected_positive_ratio:.1%} (training labels)"
        )
    is_low_risk = (champion <= np.quantile(champion, LOW_RISK_SHARE)) & (
        challenger <= np.quantile(challenger, LOW_RISK_SHARE)
    )
    if is_low_risk.any():
        stated = (champion + challenger)[is_low_risk] / 2
        surplus = float(labels[is_low_risk].sum() - stated.sum())
        deviation = float(np.sqrt(max((stated * (1 - stated)).sum(), 1.0)))
        if (
            labels[is_low_risk].sum() > policy.floor_factor * stated.sum()
            and surplus > policy.label_deviations * deviation
        ):
            found.append(
                f"{labels[is_low_risk].mean():.1%} of the {int(is_low_risk.sum())} customers whom both models rate as"
                f" low risk are positive; expected {stated.mean():.1%}"
            )
    return found


def _scaled(ratio: float, factor: float) -> float:
    """Return the ratio whose odds are `factor` times those of `ratio`."""
    bounded = min(max(ratio, 1e-6), 1 - 1e-6)
    odds = factor * bounded / (1 - bounded)
    return odds / (1 + odds)
