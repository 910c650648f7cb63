"""When to answer: the lowest confidence at which errors among the answered stay under a stated rate.

Belongs here: the bound and the choice. Does not: confidences themselves.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta

from ml.metrics.arrays import FloatArray

NEVER = 2.0
"""A threshold that no confidence reaches: every message is unknown."""


@dataclass(frozen=True)
class Abstention:
    """The choice and what it was chosen on.

    Parameters
    ----------
    threshold : float
        Messages below it are unknown.
    coverage : float
        Share answered on the calibration rows.
    error_rate : float
        Share wrong among those, NaN if none is answered.
    """

    threshold: float
    coverage: float
    error_rate: float


def upper_bound(errors: int, answered: int, risk: float) -> float:
    """Clopper-Pearson upper bound of an error rate: it is exceeded with probability `risk` at most."""
    if errors >= answered:
        return 1.0
    return float(beta.ppf(1 - risk, errors + 1, answered - errors))


def choose_abstention(confidence: FloatArray, is_right: np.ndarray, *, error_rate: float, risk: float) -> Abstention:
    """Choose the threshold by testing from the most confident down and stopping at the first failure.

    Parameters
    ----------
    confidence : array of float, shape (rows,)
    is_right : array of bool, shape (rows,)
    error_rate : float
        Error rate to stay at or below.
    risk : float
        Probability that the rate is nevertheless higher (over draws of the calibration rows).

    Notes
    -----
    Fixed-sequence testing over a grid of shares answered (learn-then-test): no correction for the number of
    thresholds is needed, because each is only tried where all stricter ones passed.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~is_right[order])
    chosen = 0
    # Without an error a third of these would do; the search would then end at the first wrong label.
    fewest = 3 * np.log(risk) / np.log1p(-error_rate)
    first = max(0.05, fewest / max(len(order), 1))
    for answered in sorted({int(np.ceil(share * len(order))) for share in np.linspace(first, 1, 39) if first <= 1}):
        while answered < len(order) and confidence[order[answered]] == confidence[order[answered - 1]]:
            answered += 1  # noqa: PLW2901 - equals are answered together
        if upper_bound(int(wrong[answered - 1]), answered, risk) > error_rate:
            break
        chosen = answered
    if not chosen:
        return Abstention(NEVER, 0.0, float("nan"))
    return Abstention(float(confidence[order[chosen - 1]]), chosen / len(order), float(wrong[chosen - 1] / chosen))


def coverage_curve(confidence: FloatArray, is_right: np.ndarray, points: int = 20) -> pd.DataFrame:
    """Return ``coverage``, ``threshold`` and ``error_rate`` from few answers to all."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~is_right[order])
    answered = sorted({max(1, round(len(order) * point / points)) for point in range(1, points + 1)})
    return pd.DataFrame(
        {
            "coverage": [count / len(order) for count in answered],
            "threshold": [float(confidence[order[count - 1]]) for count in answered],
            "error_rate": [float(wrong[count - 1] / count) for count in answered],
        }
    )
