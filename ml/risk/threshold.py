"""The decision threshold by expected value and capacity.

Belongs here: the probability from which a contact pays and is within the capacity. Does not: the 0.7 of the
documented views (it is part of the target's definition).
"""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray
from ml.metrics.precision_at_capacity import contact_count
from ml.risk.target import RiskTarget


def break_even(target: RiskTarget) -> float:
    """Return the probability at which a contact's expected gain equals its cost, 0 to 1.

    Notes
    -----
    Gain of a contact: ``p * retention_success_ratio * customer_value - contact_cost``. If nothing can be
    gained the break-even is 1: no contacts. If cost or value is not known it is 0: only the capacity limits contacts.
    """
    if target.contact_cost is None or target.customer_value is None:
        return 0.0
    gain = target.retention_success_ratio * target.customer_value
    return min(1.0, target.contact_cost / gain) if gain > 0 else 1.0


def capacity_cut(probabilities: FloatArray, capacity_ratio: float) -> float:
    """Return the smallest threshold that at most `capacity_ratio` of the rows reach.

    Notes
    -----
    If a tie at the cut-off would exceed the capacity, all tied rows are left out.
    """
    k = contact_count(len(probabilities), capacity_ratio)
    ordered = np.sort(probabilities)[::-1]
    if k >= len(ordered):
        return float(ordered[-1])
    if ordered[k - 1] > ordered[k]:
        return float(ordered[k - 1])
    return float(np.nextafter(ordered[k], 2.0))


def choose_threshold(probabilities: FloatArray, target: RiskTarget) -> float:
    """Return the threshold of highest expected value among those that the team's capacity allows, 0 to 1.

    Parameters
    ----------
    probabilities : ndarray of shape (n,)
        Calibrated probabilities of held-out rows, of one or several months.

    Notes
    -----
    With calibrated probabilities every row at or above the break-even adds expected value, and every row below reduces
    it; the optimum within the capacity is therefore the larger of break-even and capacity cut-off.
    """
    return min(1.0, max(break_even(target), capacity_cut(probabilities, target.capacity_ratio)))


def value_curve(probabilities: FloatArray, labels: FloatArray, target: RiskTarget, points: int = 101) -> pd.DataFrame:
    """Return, per share of rows contacted in order of risk, the expected and the realised value per 1,000 rows.

    Returns
    -------
    DataFrame
        ``contacted_ratio``, ``threshold``, ``expected_value``, ``realised_value`` (currency of the target).

    Raises
    ------
    ValueError
        If the target's cost or value is not known.
    """
    if target.contact_cost is None or target.customer_value is None:
        raise ValueError(f"target {target.name!r} has no contact cost or customer value: there is no value curve")
    order = np.argsort(-probabilities, kind="stable")
    gain = target.retention_success_ratio * target.customer_value
    counts = np.unique(np.linspace(0, len(order), points).round().astype(int))[1:]
    expected = np.cumsum(probabilities[order] * gain - target.contact_cost)
    realised = np.cumsum(labels[order] * gain - target.contact_cost)
    return pd.DataFrame(
        {
            "contacted_ratio": counts / len(order),
            "threshold": probabilities[order][counts - 1],
            "expected_value": expected[counts - 1] / len(order) * 1000,
            "realised_value": realised[counts - 1] / len(order) * 1000,
        }
    )
