"""The estimate of a chunk of scores: value and interval of each metric.

Belongs here: putting expectation and recalibration together. Does not: their formulas.
"""

import numpy as np
import pandas as pd
from numpy.random import Generator

from ml.metrics.arrays import FloatArray
from ml.metrics.precision_at_capacity import contacts
from ml.monitoring.performance_estimate.expectation import (
    drawn_auc,
    expected_auc,
    expected_brier,
    expected_f1,
    expected_precision_at_capacity,
)
from ml.monitoring.performance_estimate.recalibration import Recalibration, log_odds

DRAWS = 200
COVERAGE = 0.95


def estimate(
    scores: FloatArray,
    recalibration: Recalibration,
    *,
    threshold: float,
    capacity_ratio: float,
    rng: Generator,
) -> pd.DataFrame:
    """Estimate how good the scores of a chunk will turn out to be.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Published probabilities of a month, or of any chunk.
    threshold, capacity_ratio : float
        Of the version that scored.

    Returns
    -------
    DataFrame
        ``metric_name`` (``auc_roc``, ``brier_score``, ``f1_score``, ``precision_at_capacity``), ``value``,
        ``lower_bound``, ``upper_bound``; a metric that cannot be expected is left out.

    Notes
    -----
    The interval is for the value that the labels will show: labels are drawn from the scores, whose calibration is
    itself drawn. Change that no score shows (the same customers behave otherwise) is outside it until labels come.
    """
    margins = log_odds(scores)
    probabilities = recalibration.line.probability(margins)
    values = {
        "auc_roc": expected_auc(probabilities, scores),
        "brier_score": expected_brier(probabilities, scores),
        "f1_score": expected_f1(probabilities, scores, threshold),
        "precision_at_capacity": expected_precision_at_capacity(probabilities, scores, capacity_ratio),
    }
    drawn = _drawn(scores, margins, recalibration, threshold, capacity_ratio, rng)
    tail = (1 - COVERAGE) / 2 * 100
    rows = []
    for name, value in values.items():
        seen = drawn[name][~np.isnan(drawn[name])]
        if value is None or len(seen) == 0:
            continue
        low, high = np.percentile(seen, [tail, 100 - tail])
        rows.append((name, value, float(min(low, value)), float(max(high, value))))
    return pd.DataFrame(rows, columns=["metric_name", "value", "lower_bound", "upper_bound"])


def _drawn(
    scores: FloatArray,
    margins: FloatArray,
    recalibration: Recalibration,
    threshold: float,
    capacity_ratio: float,
    rng: Generator,
) -> dict[str, FloatArray]:
    """Return each metric on drawn labels, one value per draw."""
    lines = [recalibration.drawn(place) for place in range(DRAWS)]
    labels = np.column_stack([rng.random(len(scores)) < line.probability(margins) for line in lines]).astype("float64")
    alarm = scores >= threshold
    top = np.argsort(-scores, kind="stable")[: contacts(len(scores), capacity_ratio)]
    error_if_positive, error_if_negative = (1 - scores) ** 2, scores**2
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = 2 * labels[alarm].sum(axis=0) / (alarm.sum() + labels.sum(axis=0))
    return {
        "auc_roc": drawn_auc(labels, scores),
        "brier_score": (error_if_positive @ labels + error_if_negative @ (1 - labels)) / len(scores),
        "f1_score": np.asarray(f1, dtype="float64"),
        "precision_at_capacity": labels[top].mean(axis=0),
    }
