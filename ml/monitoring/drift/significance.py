"""Whether two histograms differ by more than chance, and how many such findings chance alone would give.

Belongs here: tests on binned counts, their correction for many features. Does not: sizes of effects (distance).
"""

import numpy as np
from scipy import stats

from ml.metrics.arrays import FloatArray

EXPECTED_COUNT = 5.0
MEAN_SQUARED_KOLMOGOROV = np.pi**2 / 12


def kolmogorov_smirnov(reference: FloatArray, observed: FloatArray, pairs: float) -> tuple[float, float]:
    """Return the largest gap of two cumulative histograms and its probability by chance.

    Parameters
    ----------
    reference, observed : ndarray of shape (bins,)
        Shares, in the order of the bins.
    pairs : float
        Effective rows, ``n m / (n + m)``.

    Notes
    -----
    Seen at the bins' edges only, the gap is at most that of the raw values: the test errs to the safe side.
    Source: Smirnov 1948, Annals of Mathematical Statistics 19; Conover 1972 for discrete data.
    """
    gap = float(np.max(np.abs(np.cumsum(reference - observed)), initial=0.0))
    return gap, float(stats.kstwobign.sf(gap * np.sqrt(pairs)))


def chi_square(
    reference: FloatArray, observed: FloatArray, reference_rows: float, observed_rows: float
) -> tuple[float, float]:
    """Return Pearson's statistic of two samples of one table and its probability by chance.

    Parameters
    ----------
    reference_rows, observed_rows : float
        Effective rows behind the shares.

    Notes
    -----
    Bins in which fewer than five rows are expected are counted together: the approximation does not hold there.
    With one bin left there is nothing to test, and the probability is 1. Source: Cochran 1954, Biometrics 10.
    """
    table = np.stack([reference * reference_rows, observed * observed_rows])
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
    """Return the probability by chance of a shift of the mean, given in standard deviations; 1 where there is none.

    Notes
    -----
    Two-sided normal test of two means with the reference's deviation. It sees what bins hide: numbers at a few points
    that move less than to the next edge. Source: Lehmann 1999, Elements of Large-Sample Theory, section 3.1.
    """
    return 1.0 if shift is None else float(2 * stats.norm.sf(abs(shift) * np.sqrt(pairs)))


def _expected(table: FloatArray) -> FloatArray:
    return np.asarray(table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum(), dtype="float64")


def holm(p_values: FloatArray) -> FloatArray:
    """Return probabilities corrected so that one false finding among all has at most the stated chance.

    Notes
    -----
    Step-down Bonferroni: holds however the features depend on each other. Source: Holm 1979, Scandinavian Journal
    of Statistics 6.
    """
    count = len(p_values)
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
