"""Lift among the customers that the team can contact."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.precision_at_capacity import precision_at_capacity


def lift_at_capacity(labels: IntArray, probabilities: FloatArray, capacity_ratio: float) -> float | None:
    """Return how many times more positives the top k hold than a random choice of k would.

    Returns
    -------
    float or None
        None when there are no rows or no positive.

    Notes
    -----
    ``precision at capacity / share of positives``; 1 means no skill. Source: Berry and Linoff 1999.
    """
    precision = precision_at_capacity(labels, probabilities, capacity_ratio)
    if precision is None or labels.sum() == 0:
        return None
    return float(precision / labels.mean())
