"""Distances of two histograms, in units that do not depend on the number of rows.

Belongs here: distances with their sources. Does not: significance tests (significance) or limits (verdict).
"""

import numpy as np
from scipy.special import rel_entr

from ml.metrics.arrays import FloatArray

FLOOR = 1e-4


def psi(training: FloatArray, observed: FloatArray, floor: float = FLOOR) -> float:
    """Return the population stability index of two vectors of shares, 0 or more.

    Parameters
    ----------
    floor : float
        Smaller shares are set to it, so that an empty bin stays finite.

    Notes
    -----
    ``sum (q - p) ln(q / p)``. For two normal distributions of equal spread it is the squared distance of their means
    in standard deviations.
    Source: Siddiqi 2006, Credit Risk Scorecards; Jeffreys 1946.
    """
    p, q = np.maximum(training, floor), np.maximum(observed, floor)
    return float(np.sum((q - p) * np.log(q / p)))


def expected_psi(bins: int, training_rows: float, observed_rows: float) -> float:
    """Return the expected PSI of two samples of the same distribution.

    Notes
    -----
    ``(B - 1) (1 / n + 1 / m)``. Source: Yurdakul 2018, Statistical Properties of Population Stability Index.
    """
    return (bins - 1) * (1 / training_rows + 1 / observed_rows)


def jensen_shannon(training: FloatArray, observed: FloatArray) -> float:
    """Return the Jensen-Shannon distance of two vectors of shares, 0 (equal) to 1 (nothing in common).

    Notes
    -----
    Square root of the mean Kullback-Leibler divergence from the mixture, in bits. Source: Endres and Schindelin
    2003, IEEE Transactions on Information Theory 49.
    """
    mixture = (training + observed) / 2
    divergence = (rel_entr(training, mixture).sum() + rel_entr(observed, mixture).sum()) / 2
    return float(np.sqrt(max(divergence, 0.0) / np.log(2)))


def mean_shift(training_mean: float | None, training_deviation: float | None, mean: float | None) -> float | None:
    """Return the shift of the mean in standard deviations of the training data; None without mean or spread.

    Notes
    -----
    Glass's delta: the deviation of the training data, not the pooled one, because a larger spread of the month would
    hide a shift. Source: Glass 1976, Educational Researcher 5.
    """
    if training_mean is None or mean is None or not training_deviation:
        return None
    return (mean - training_mean) / training_deviation
