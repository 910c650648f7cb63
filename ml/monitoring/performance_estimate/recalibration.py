"""What scores have come to mean, learned from the newest labels.

Belongs here: fitting the line from published log-odds to those that the labels bear out. Does not: expected metrics.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import logit

from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.calibration import PlattCalibrator, fit_platt

EDGE = 1e-9
MINIMUM_OF_A_CLASS = 20
IDENTITY = PlattCalibrator(1.0, 0.0)


@dataclass(frozen=True)
class Recalibration:
    """The line in force, and lines as other draws of the same labels would have given them.

    Parameters
    ----------
    line : PlattCalibrator
        Fitted on all rows; the identity where there are too few.
    redrawn : list of PlattCalibrator
        One per bootstrap draw; empty where nothing was fitted.
    row_count : int
        Labelled rows used, 0 where nothing was fitted.
    """

    line: PlattCalibrator
    redrawn: list[PlattCalibrator]
    row_count: int

    def drawn(self, place: int) -> PlattCalibrator:
        """Return the line of one draw."""
        return self.redrawn[place % len(self.redrawn)] if self.redrawn else self.line


def log_odds(scores: FloatArray) -> FloatArray:
    """Return log-odds of published probabilities, finite at 0 and 1."""
    return np.asarray(logit(np.clip(scores, EDGE, 1 - EDGE)), dtype="float64")


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
    With fewer than twenty rows of either class the published scores are taken at their word: a line through so few
    would say more of chance than of the model.
    """
    positives = int(labels.sum())
    if min(positives, len(labels) - positives) < MINIMUM_OF_A_CLASS:
        return Recalibration(IDENTITY, [], 0)
    margins = log_odds(scores)
    redrawn = []
    for _ in range(draws):
        chosen = rng.integers(0, len(labels), len(labels))
        if 0 < labels[chosen].sum() < len(chosen):
            redrawn.append(fit_platt(margins[chosen], labels[chosen]))
    return Recalibration(fit_platt(margins, labels), redrawn, len(labels))
