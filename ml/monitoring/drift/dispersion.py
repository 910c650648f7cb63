"""Dispersion: how much the months of the training data differ from each other. Seasons are not drift.

Belongs here: the factor by which months differ more than random samples would. Does not: comparing a new month.
"""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray, IntArray
from ml.monitoring.drift.histogram import KOLMOGOROV_SMIRNOV, choose_test
from ml.monitoring.drift.significance import MEAN_SQUARED_KOLMOGOROV

MINIMUM_MONTHS = 3


def dispersion(positions: IntArray, months: pd.Series, bins: int, *, is_ordered: bool) -> float:
    """Return the mean squared statistic of each month against all months, relative to its value for random samples.

    Parameters
    ----------
    positions : ndarray of shape (n,)
        Bin of each row, missing 0.
    months : Series of shape (n,)
        Month of each row.
    bins : int
        Number of bins, including that of missing values.
    is_ordered : bool
        Whether the bins are intervals of numbers.

    Returns
    -------
    float
        At least 1: months have customers in common and so differ less than random samples; this does not prove
        stability. 1 for fewer than three months.

    Notes
    -----
    The over-dispersion of a quasi-likelihood: the sampling variance is multiplied by it. Source: McCullagh and Nelder
    1989, section 4.5; for the ordered statistic the mean of the squared Kolmogorov distribution, pi^2 / 12.
    """
    places, names = pd.factorize(months)
    counts = np.bincount(places * bins + positions, minlength=len(names) * bins).reshape(len(names), bins)
    table: FloatArray = counts.astype("float64")
    if len(table) < MINIMUM_MONTHS:
        return 1.0
    rows = table.sum(axis=1, keepdims=True)
    pooled = table.sum(axis=0) / table.sum()
    own = len(table) / (len(table) - 1)
    if is_ordered and choose_test(pooled) == KOLMOGOROV_SMIRNOV:
        gaps = np.abs(np.cumsum(table / rows - pooled, axis=1)).max(axis=1)
        return max(1.0, own * float(np.mean(rows[:, 0] * gaps**2)) / MEAN_SQUARED_KOLMOGOROV)
    return max(1.0, own * _mean_chi_square(table, rows * pooled))


def _mean_chi_square(table: FloatArray, expected: FloatArray) -> float:
    """Return Pearson's statistic per degree of freedom, over the bins with enough expected rows."""
    kept = expected.min(axis=0) >= 1
    if kept.sum() < 2:
        return 1.0
    statistic = np.sum((table[:, kept] - expected[:, kept]) ** 2 / expected[:, kept], axis=1)
    return float(statistic.mean()) / (int(kept.sum()) - 1)
