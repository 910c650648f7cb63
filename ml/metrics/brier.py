"""Brier score."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray


def brier(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean squared distance between probability and outcome, 0 (perfect) to 1.

    Notes
    -----
    ``mean((p - y)^2)``; also defined for a single class. Source: Brier 1950, Monthly Weather Review 78.
    """
    return float(np.mean((probabilities - labels) ** 2))
