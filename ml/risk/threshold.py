"""The decision threshold by money and capacity.

Belongs here: the probability from which a contact pays and can be made. Does not: the documented 0.7 of the
documented views (it stays with the target's definition).
"""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray
from ml.metrics.precision_at_capacity import contacts
from ml.risk.target import Target


def break_even(target: Target) -> float:
    """Return the probability at which a contact's expected gain equals its cost, 0 to 1.

    Notes
    -----
    Gain of a contact: ``p * retention_success_ratio * customer_value - contact_cost``. Where nothing can be
    gained the break-even is 1: contact nobody. Where cost or value is not known it is 0: capacity alone decides.
    """
    if target.contact_cost is None or target.customer_value is None:
        return 0.0
    gain = target.retention_success_ratio * target.customer_value
    return min(1.0, target.contact_cost / gain) if gain > 0 else 1.0


def capacity_cut(probabilities: FloatArray, capacity_ratio: float) -> float:
    """Return the smallest threshold that at most the affordable share of rows reaches.

    Notes
    -----
    Where a tie at the cut would exceed the capacity, the whole tie stays out.
    """
    k = contacts(len(probabilities), capacity_ratio)
    ordered = np.sort(probabilities)[::-1]
    if k >= len(ordered):
        return float(ordered[-1])
    if ordered[k - 1] > ordered[k]:
        return float(ordered[k - 1])
    return float(np.nextafter(ordered[k], 2.0))


def choose_threshold(probabilities: FloatArray, target: Target) -> float:
    """Return the threshold of highest expected value among those that the team's capacity allows, 0 to 1.

    Parameters
    ----------
    probabilities : ndarray of shape (n,)
        Calibrated probabilities of rows the model had not seen, both of one or of several months.

    Notes
    -----
    With calibrated probabilities every row at or above the break-even adds expected value and every row below
    loses some; the optimum under capacity is therefore the larger of break-even and capacity cut.
    """
    return min(1.0, max(break_even(target), capacity_cut(probabilities, target.capacity_ratio)))


def value_curve(probabilities: FloatArray, labels: FloatArray, target: Target, points: int = 101) -> pd.DataFrame:
    """Return, per share of rows contacted in order of risk, the expected and the realised value per 1,000 rows.

    Returns
    -------
    DataFrame
        ``contacted_ratio``, ``threshold``, ``expected_value``, ``realised_value`` (currency of the target).

    Raises
    ------
    ValueError
        When the target's cost or value is not known.
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
