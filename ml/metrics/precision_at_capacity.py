"""Precision among the customers that the team can contact."""

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray


def contact_count(row_count: int, capacity_ratio: float) -> int:
    """Return how many of `row_count` customers can be contacted: the floor of the share, at least one."""
    return max(1, int(np.floor(capacity_ratio * row_count + 1e-9)))


def precision_at_capacity(labels: IntArray, probabilities: FloatArray, capacity_ratio: float) -> float | None:
    """Return the share of positives among the k highest scores, 0 to 1.

    Parameters
    ----------
    capacity_ratio : float
        Share of rows that can be contacted, in (0, 1]; k is its floor, at least one row.

    Returns
    -------
    float or None
        None if there are no rows.

    Notes
    -----
    ``positives among the top k / k``. Rows tied at the k-th score are counted with their mean label, the expected
    value over all orders of the tie, so the order of rows does not matter. Source: Manning et al. 2008, chapter 8.
    """
    if len(labels) == 0:
        return None
    k = contact_count(len(labels), capacity_ratio)
    cut = np.partition(probabilities, len(labels) - k)[len(labels) - k]
    above, tied = probabilities > cut, probabilities == cut
    hits = labels[above].sum() + (k - above.sum()) * labels[tied].mean()
    return float(hits / k)
