"""Area under the precision-recall curve, as average precision."""

from sklearn.metrics import average_precision_score

from ml.metrics.arrays import FloatArray, IntArray


def pr_auc(labels: IntArray, probabilities: FloatArray) -> float | None:
    """Return average precision, 0 to 1; a model without skill reaches the share of positives.

    Returns
    -------
    float or None
        None when there is no positive: recall does not exist then.

    Notes
    -----
    ``sum over thresholds of (R_k - R_{k-1}) P_k``; rows tied at a threshold enter together, no interpolation.
    Source: Davis and Goadrich 2006, ICML; scikit-learn's ``average_precision_score``.
    """
    if labels.sum() == 0:
        return None
    return float(average_precision_score(labels, probabilities))
