"""Area under the ROC curve."""

import numpy as np
from scipy.stats import rankdata

from ml.metrics.arrays import FloatArray, IntArray


def roc_auc(labels: IntArray, probabilities: FloatArray) -> float | None:
    """Return the probability that a random positive scores above a random negative, 0 to 1.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        0 or 1.
    probabilities : ndarray of shape (n,)
        Any score that rises with risk.

    Returns
    -------
    float or None
        None if one class is absent.

    Notes
    -----
    Mann-Whitney form: ``(sum of the positives' mid-ranks - P (P + 1) / 2) / (P N)``; a tie counts one half.
    Source: Hanley and McNeil 1982, Radiology 143.
    """
    positives = int(np.sum(labels))
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return None
    rank_sum = float(rankdata(probabilities)[labels == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
