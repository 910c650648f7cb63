"""Expected values of metrics if the scores are perfectly calibrated.

Belongs here: one expected value per metric. Does not: calibration (recalibration) or intervals (estimate).

Confidence-based performance estimation: a row with probability p counts as p positive and 1 - p negative. Source:
Guillory et al. 2021, ICCV; Bialek et al. 2024, Estimating model performance under covariate shift without labels.
"""

import numpy as np
from scipy.stats import rankdata

from ml.metrics.arrays import FloatArray
from ml.metrics.precision_at_capacity import contact_count


def expected_auc(probabilities: FloatArray, scores: FloatArray) -> float | None:
    """Return the expected share of pairs that the scores order correctly; a tie counts one half.

    Parameters
    ----------
    probabilities : ndarray of shape (n,)
        Probability that each row is positive.
    scores : ndarray of shape (n,)
        The scores that order the rows.

    Returns
    -------
    float or None
        None if no pair is expected.

    Notes
    -----
    ``sum_ij p_i (1 - p_j) [s_i > s_j] / sum_ij p_i (1 - p_j)`` over pairs of different rows: the ratio of both
    expectations, which differs from the expected ratio by terms in 1 / n.
    """
    order = np.argsort(scores, kind="stable")
    positive, negative = probabilities[order], 1 - probabilities[order]
    _, start, count = np.unique(scores[order], return_index=True, return_counts=True)
    tied_positive, tied_negative = np.add.reduceat(positive, start), np.add.reduceat(negative, start)
    below = np.concatenate([[0.0], np.cumsum(tied_negative)[:-1]])
    with_itself = np.add.reduceat(positive * negative, start)
    ordered = np.sum(tied_positive * below) + np.sum(tied_positive * tied_negative - with_itself) / 2
    pairs = positive.sum() * negative.sum() - np.sum(positive * negative)
    return float(ordered / pairs) if pairs > 0 and len(count) else None


def expected_brier(probabilities: FloatArray, scores: FloatArray) -> float:
    """Return the expected mean squared error of the published scores.

    Notes
    -----
    ``mean(p (1 - s)^2 + (1 - p) s^2)``.
    """
    return float(np.mean(probabilities * (1 - scores) ** 2 + (1 - probabilities) * scores**2))


def expected_f1(probabilities: FloatArray, scores: FloatArray, threshold: float) -> float | None:
    """Return F1 of the expected counts of true positives, false positives and false negatives."""
    alarm = scores >= threshold
    denominator = alarm.sum() + probabilities.sum()
    return float(2 * probabilities[alarm].sum() / denominator) if denominator > 0 else None


def expected_precision_at_capacity(
    probabilities: FloatArray, scores: FloatArray, capacity_ratio: float
) -> float | None:
    """Return the mean probability of the rows within the capacity; rows tied at the cut-off count with their mean."""
    if len(scores) == 0:
        return None
    room = contact_count(len(scores), capacity_ratio)
    cut = np.partition(scores, len(scores) - room)[len(scores) - room]
    above, tied = scores > cut, scores == cut
    return float((probabilities[above].sum() + (room - above.sum()) * probabilities[tied].mean()) / room)


def resampled_auc(labels: FloatArray, scores: FloatArray) -> FloatArray:
    """Return the AUC of each column of drawn labels; NaN if a column has a single class.

    Parameters
    ----------
    labels : ndarray of shape (n, resamples)
        0 or 1.
    """
    positives = labels.sum(axis=0)
    negatives = len(labels) - positives
    ranks = rankdata(scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (ranks @ labels - positives * (positives + 1) / 2) / (positives * negatives)
    return np.asarray(np.where((positives > 0) & (negatives > 0), value, np.nan), dtype="float64")
