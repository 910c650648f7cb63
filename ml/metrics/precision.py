"""Precision at a threshold."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.confusion import confusion


def precision(labels: IntArray, probabilities: FloatArray, threshold: float) -> float | None:
    """Return the share of predicted positives that are positive, 0 to 1; None if no row reaches the threshold.

    Notes
    -----
    ``TP / (TP + FP)``. Source: van Rijsbergen 1979.
    """
    counts = confusion(labels, probabilities, threshold)
    predicted_positives = counts["true_positive"] + counts["false_positive"]
    return counts["true_positive"] / predicted_positives if predicted_positives else None
