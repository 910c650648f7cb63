"""Area under the precision-recall curve, as average precision."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray


def pr_auc(labels: IntArray, probabilities: FloatArray) -> float | None:
    """Return average precision, 0 to 1; that of a random ranking is the share of positives.

    Returns
    -------
    float or None
        None if there are no positives: recall is undefined then.

    Notes
    -----
    ``sum over thresholds of (R_k - R_{k-1}) P_k``; rows tied at a threshold are counted together, no interpolation.
    Source: Davis and Goadrich 2006, ICML. Bit for bit equal to scikit-learn's ``average_precision_score``, whose checks
    of its arguments take longer than the sum; a bootstrap interval needs it hundreds of times.
    """
    if labels.sum() == 0:
        return None
    order = np.argsort(-probabilities, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(probabilities[order])), len(order) - 1)
    found = np.cumsum(labels[order], dtype="float64")[last_of_tie]
    precision, recall = found / (last_of_tie + 1), found / found[-1]
    steps = np.diff(np.append(recall[::-1], 0.0))
    return max(0.0, float(-np.sum(steps * precision[::-1])))
