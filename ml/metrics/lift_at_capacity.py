"""Lift among the customers that the team can contact."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.precision_at_capacity import precision_at_capacity


def lift_at_capacity(labels: IntArray, probabilities: FloatArray, capacity_ratio: float) -> float | None:
    """Return the share of positives among the top k, relative to their share among all rows.

    Returns
    -------
    float or None
        None if there are no rows or no positives.

    Notes
    -----
    ``precision at capacity / share of positives``; 1 is a random ranking. Source: Berry and Linoff 1999.
    """
    precision = precision_at_capacity(labels, probabilities, capacity_ratio)
    if precision is None or labels.sum() == 0:
        return None
    return float(precision / labels.mean())
