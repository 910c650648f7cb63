"""Significance tests of two histograms, with correction for multiple tests.

Belongs here: tests on binned counts, their correction for many features. Does not: effect sizes (distance).
"""

import numpy as np
from scipy import stats

from ml.metrics.arrays import FloatArray

EXPECTED_COUNT = 5.0
MEAN_SQUARED_KOLMOGOROV = np.pi**2 / 12


def kolmogorov_smirnov(training: FloatArray, observed: FloatArray, pairs: float) -> tuple[float, float]:
    """Return the largest difference of two cumulative histograms and its p-value.

    Parameters
    ----------
    training, observed : ndarray of shape (bins,)
        Shares in the order of the bins.
    pairs : float
        Effective rows, ``n m / (n + m)``.

    Notes
    -----
    At the edges of the bins the difference is at most that of the raw values, so the test is conservative.
    Source: Smirnov 1948, Annals of Mathematical Statistics 19; Conover 1972 for discrete data.
    """
    gap = float(np.max(np.abs(np.cumsum(training - observed)), initial=0.0))
    return gap, float(stats.kstwobign.sf(gap * np.sqrt(pairs)))


def chi_square(
    training: FloatArray, observed: FloatArray, training_rows: float, observed_rows: float
) -> tuple[float, float]:
    """Return Pearson's statistic of two samples and its p-value.

    Parameters
    ----------
    training_rows, observed_rows : float
        Effective number of rows of each sample.

    Notes
    -----
    Bins with fewer than five expected rows are merged, because the approximation does not hold for them. With a single
    bin left the p-value is 1. Source: Cochran 1954, Biometrics 10.
    """
    table = np.stack([training * training_rows, observed * observed_rows])
    expected = _expected(table)
    is_small = (expected < EXPECTED_COUNT).any(axis=0)
    if is_small.any():
        table = np.column_stack([table[:, ~is_small], table[:, is_small].sum(axis=1)])
        expected = _expected(table)
    kept = expected.min(axis=0) > 0
    if kept.sum() < 2:
        return 0.0, 1.0
    statistic = float(np.sum((table[:, kept] - expected[:, kept]) ** 2 / expected[:, kept]))
    return statistic, float(stats.chi2.sf(statistic, int(kept.sum()) - 1))


def mean_probability(shift: float | None, pairs: float) -> float:
    """Return the p-value of a shift of the mean, given in standard deviations; 1 if there is no shift.

    Notes
    -----
    Two-sided normal test of two means with the deviation of the training data. It detects shifts within a bin.
    Source: Lehmann 1999, Elements of Large-Sample Theory, section 3.1.
    """
    return 1.0 if shift is None else float(2 * stats.norm.sf(abs(shift) * np.sqrt(pairs)))


def _expected(table: FloatArray) -> FloatArray:
    return np.asarray(table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum(), dtype="float64")


def holm(p_values: FloatArray) -> FloatArray:
    """Return p-values adjusted for multiple tests (family-wise error rate).

    Notes
    -----
    Step-down Bonferroni; valid for any dependence of the features. Source: Holm 1979, Scandinavian Journal
    of Statistics 6.
    """
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
