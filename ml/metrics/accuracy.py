"""Accuracy at a threshold."""

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.confusion import confusion


def accuracy(labels: IntArray, probabilities: FloatArray, threshold: float) -> float | None:
    """Return the share of correct predictions, 0 to 1; None if there are no rows.

    Notes
    -----
    ``(TP + TN) / n``. Source: Fawcett 2006.
    """
    if len(labels) == 0:
        return None
    counts = confusion(labels, probabilities, threshold)
    return (counts["true_positive"] + counts["true_negative"]) / len(labels)
