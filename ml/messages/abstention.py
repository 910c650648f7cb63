"""Abstention: the lowest threshold at which the error rate of classified messages stays below a limit.

Belongs here: the bound and the choice of the threshold. Does not: the confidences.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta

from ml.metrics.arrays import FloatArray

ABSTAIN_ALWAYS = 2.0
"""A threshold that no confidence reaches: every message is unknown."""


@dataclass(frozen=True)
class Abstention:
    """The chosen threshold, with coverage and error rate on the rows it was chosen on.

    Parameters
    ----------
    threshold : float
        Messages with a lower confidence are unknown.
    coverage : float
        Share of the calibration rows that are classified.
    error_rate : float
        Share of incorrect ones among those; NaN if none is classified.
    """

    threshold: float
    coverage: float
    error_rate: float


def clopper_pearson_upper_bound(errors: int, classified_count: int, failure_probability: float) -> float:
    """Return the upper bound of an error rate; it is exceeded with probability `failure_probability` at most."""
    if errors >= classified_count:
        return 1.0
    return float(beta.ppf(1 - failure_probability, errors + 1, classified_count - errors))


def choose_abstention(
    confidence: FloatArray, is_correct: np.ndarray, *, error_rate: float, failure_probability: float
) -> Abstention:
    """Choose the threshold by testing from the most confident down and stopping at the first failure.

    Parameters
    ----------
    confidence : array of float, shape (rows,)
    is_right : array of bool, shape (rows,)
    error_rate : float
        Limit of the error rate.
    failure_probability : float
        Probability that the rate is higher all the same (over samples of the calibration rows).

    Notes
    -----
    Fixed-sequence testing over a grid of coverages (learn-then-test). No correction for the number of thresholds is
    needed, because each one is tested only if all stricter ones passed.
    """
    order = np.argsort(-confidence, kind="stable")
    error_counts = np.cumsum(~is_correct[order])
    chosen = 0
    # Without errors a third of these rows would suffice, but the search would then end at the first incorrect label.
    fewest = 3 * np.log(failure_probability) / np.log1p(-error_rate)
    first = max(0.05, fewest / max(len(order), 1))
    for classified_count in sorted(
        {int(np.ceil(share * len(order))) for share in np.linspace(first, 1, 39) if first <= 1}
    ):
        while (
            classified_count < len(order)
            and confidence[order[classified_count]] == confidence[order[classified_count - 1]]
        ):
            classified_count += 1  # noqa: PLW2901 - rows of equal confidence are classified together
        if (
            clopper_pearson_upper_bound(int(error_counts[classified_count - 1]), classified_count, failure_probability)
            > error_rate
        ):
            break
        chosen = classified_count
    if not chosen:
        return Abstention(ABSTAIN_ALWAYS, 0.0, float("nan"))
    return Abstention(
        float(confidence[order[chosen - 1]]), chosen / len(order), float(error_counts[chosen - 1] / chosen)
    )


def coverage_curve(confidence: FloatArray, is_correct: np.ndarray, points: int = 20) -> pd.DataFrame:
    """Return ``coverage``, ``threshold`` and ``error_rate``, from low to full coverage."""
    order = np.argsort(-confidence, kind="stable")
    error_counts = np.cumsum(~is_correct[order])
    classified_counts = sorted({max(1, round(len(order) * point / points)) for point in range(1, points + 1)})
    return pd.DataFrame(
        {
            "coverage": [count / len(order) for count in classified_counts],
            "threshold": [float(confidence[order[count - 1]]) for count in classified_counts],
            "error_rate": [float(error_counts[count - 1] / count) for count in classified_counts],
        }
    )
