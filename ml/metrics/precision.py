"""Precision at a threshold."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.confusion import confusion


def precision(labels: IntArray, probabilities: FloatArray, threshold: float) -> float | None:
    """Return the share of alarms that are right, 0 to 1; None when nothing reaches the threshold.

    Notes
    -----
    ``TP / (TP + FP)``. Source: van Rijsbergen 1979.
    """
    counts = confusion(labels, probabilities, threshold)
    alarms = counts["true_positive"] + counts["false_positive"]
    return counts["true_positive"] / alarms if alarms else None
