"""Logarithmic loss."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray

_SMALLEST = 1e-15


def log_loss(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean negative log-likelihood in nats, 0 (perfect) upwards.

    Notes
    -----
    ``-mean(y ln p + (1 - y) ln(1 - p))`` with p clipped to 1e-15 from 0 and 1, so that the loss of one row is at
    most 34.5; also defined for a single class. Source: Good 1952, J. Royal Statistical Society B 14.
    """
    kept = np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)
    return float(-np.mean(labels * np.log(kept) + (1 - labels) * np.log1p(-kept)))
