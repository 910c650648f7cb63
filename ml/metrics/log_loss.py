"""Logarithmic loss."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray

_SMALLEST = 1e-15


def log_loss(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean negative log-likelihood in nats, 0 (perfect) upwards.

    Notes
    -----
    ``-mean(y ln p + (1 - y) ln(1 - p))`` with p kept 1e-15 away from 0 and 1, so that one certain error costs
    34.5 and not infinity; defined for one class too. Source: Good 1952, J. Royal Statistical Society B 14.
    """
    kept = np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)
    return float(-np.mean(labels * np.log(kept) + (1 - labels) * np.log1p(-kept)))
