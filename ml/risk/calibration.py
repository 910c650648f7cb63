"""Platt calibration: a straight line in log-odds.

Belongs here: fitting and applying ``logit(p) = slope * margin + intercept``. Does not: choosing the rows for the fit
(pipeline), measuring calibration (metrics).

The calibration is a line and not an isotonic regression, because then contributions in log-odds scale exactly.
"""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from ml.metrics.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class PlattCalibrator:
    """A fitted line in log-odds; its slope is never negative, so the ranking of rows does not change."""

    slope: float
    intercept: float

    def log_odds(self, margin: FloatArray) -> FloatArray:
        """Return calibrated log-odds, shape (n,)."""
        return self.slope * margin + self.intercept

    def probability(self, margin: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n,)."""
        return np.asarray(expit(self.log_odds(margin)), dtype="float64")

    def to_dict(self) -> dict[str, float]:
        """Return the line as JSON values."""
        return asdict(self)


def fit_platt(margin: FloatArray, labels: IntArray) -> PlattCalibrator:
    """Fit slope and intercept on rows on which the trees were not trained.

    Parameters
    ----------
    margin : ndarray of shape (n,)
        Raw log-odds of the trees.
    labels : ndarray of shape (n,)
        0 or 1, both present.

    Raises
    ------
    ValueError
        If one class is absent.

    Notes
    -----
    Maximum likelihood with Platt's smoothed targets ``(P + 1) / (P + 2)`` and ``1 / (N + 2)``, slope bounded
    below by 0. Source: Platt 1999; Lin, Lin and Weng 2007, Machine Learning 68.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        raise ValueError("calibration needs both classes among the rows it is fitted on")
    goal = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(line: FloatArray) -> tuple[float, FloatArray]:
        log_odds = line[0] * margin + line[1]
        error = (expit(log_odds) - goal) / len(goal)
        value = np.mean(np.logaddexp(0, log_odds) - goal * log_odds)
        return float(value), np.array([np.dot(error, margin), error.sum()])

    start = np.array([1.0, 0.0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    return PlattCalibrator(float(found.x[0]), float(found.x[1]))
