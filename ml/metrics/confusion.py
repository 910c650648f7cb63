"""Confusion matrix at a threshold."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray


def confusion(labels: IntArray, probabilities: FloatArray, threshold: float) -> dict[str, int]:
    """Return the four counts; a row is predicted positive if its probability reaches the threshold.

    Returns
    -------
    dict
        ``true_negative``, ``false_positive``, ``false_negative``, ``true_positive``, in rows.

    Notes
    -----
    Source: Fawcett 2006, Pattern Recognition Letters 27.
    """
    predicted = probabilities >= threshold
    actual = labels == 1
    return {
        "true_negative": int(np.sum(~predicted & ~actual)),
        "false_positive": int(np.sum(predicted & ~actual)),
        "false_negative": int(np.sum(~predicted & actual)),
        "true_positive": int(np.sum(predicted & actual)),
    }
