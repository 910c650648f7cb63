"""Recalibration of published scores on the newest labels.

Belongs here: fitting the line from published log-odds to recalibrated ones. Does not: expected metrics.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import logit

from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.calibration import PlattCalibrator, fit_platt

PROBABILITY_FLOOR = 1e-9
MIN_CLASS_ROWS = 20
IDENTITY = PlattCalibrator(1.0, 0.0)


@dataclass(frozen=True)
class Recalibration:
    """The fitted line, and the lines of bootstrap resamples of the same labels.

    Parameters
    ----------
    line : PlattCalibrator
        Fitted on all rows; the identity if there are too few.
    resampled_lines : list of PlattCalibrator
        One per bootstrap resample; empty if nothing was fitted.
    row_count : int
        Labelled rows used; 0 if nothing was fitted.
    """

    line: PlattCalibrator
    resampled_lines: list[PlattCalibrator]
    row_count: int

    def resample(self, place: int) -> PlattCalibrator:
        """Return the line of one resample."""
        return self.resampled_lines[place % len(self.resampled_lines)] if self.resampled_lines else self.line


def log_odds(scores: FloatArray) -> FloatArray:
    """Return log-odds of published probabilities, finite at 0 and 1."""
    return np.asarray(logit(np.clip(scores, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)), dtype="float64")


def recalibrate(scores: FloatArray, labels: IntArray, rng: Generator, *, draws: int = 40) -> Recalibration:
    """Fit the line on the newest labelled scores of a model.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Published probabilities of rows whose labels are known; may be empty.
    labels : ndarray of shape (n,)
        0 or 1.

    Notes
    -----
    With fewer than twenty rows of either class the published scores are used as they are: the error of a line fitted
    on so few rows would be too large.
    """
    positives = int(labels.sum())
    if min(positives, len(labels) - positives) < MIN_CLASS_ROWS:
        return Recalibration(IDENTITY, [], 0)
    margins = log_odds(scores)
    resampled_lines = []
    for _ in range(draws):
        chosen = rng.integers(0, len(labels), len(labels))
        if 0 < labels[chosen].sum() < len(chosen):
            resampled_lines.append(fit_platt(margins[chosen], labels[chosen]))
    return Recalibration(fit_platt(margins, labels), resampled_lines, len(labels))
