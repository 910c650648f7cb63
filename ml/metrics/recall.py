"""Recall at a threshold."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.confusion import confusion


def recall(labels: IntArray, probabilities: FloatArray, threshold: float) -> float | None:
    """Return the share of positives that are predicted positive, 0 to 1; None if there are no positives.

    Notes
    -----
    ``TP / (TP + FN)``. Source: van Rijsbergen 1979.
    """
    counts = confusion(labels, probabilities, threshold)
    positives = counts["true_positive"] + counts["false_negative"]
    return counts["true_positive"] / positives if positives else None
