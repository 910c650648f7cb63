"""F1 score at a threshold."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.confusion import confusion


def f1(labels: IntArray, probabilities: FloatArray, threshold: float) -> float | None:
    """Return the harmonic mean of precision and recall, 0 to 1; None without actual and predicted positives.

    Notes
    -----
    ``2 TP / (2 TP + FP + FN)``. Source: van Rijsbergen 1979.
    """
    counts = confusion(labels, probabilities, threshold)
    denominator = 2 * counts["true_positive"] + counts["false_positive"] + counts["false_negative"]
    return 2 * counts["true_positive"] / denominator if denominator else None
