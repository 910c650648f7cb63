"""The estimate of a set of scores: value and interval of each metric.

Belongs here: combining expectation and recalibration. Does not: their formulas.
"""

import numpy as np
import pandas as pd
from numpy.random import Generator

from ml.metrics.arrays import FloatArray
from ml.metrics.precision_at_capacity import contact_count
from ml.monitoring.performance_estimate.expectation import (
    expected_auc,
    expected_brier,
    expected_f1,
    expected_precision_at_capacity,
    resampled_auc,
)
from ml.monitoring.performance_estimate.recalibration import Recalibration, log_odds

BOOTSTRAP_RESAMPLES = 200
COVERAGE = 0.95


def estimate(
    scores: FloatArray,
    recalibration: Recalibration,
    *,
    threshold: float,
    capacity_ratio: float,
    rng: Generator,
) -> pd.DataFrame:
    """Estimate the quality of a set of scores.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Published probabilities of a month, or of any set of rows.
    threshold, capacity_ratio : float
        Threshold and capacity of the version that scored.

    Returns
    -------
    DataFrame
        ``metric_name`` (``auc_roc``, ``brier_score``, ``f1_score``, ``precision_at_capacity``), ``value``,
        ``lower_bound``, ``upper_bound``; an undefined metric is left out.

    Notes
    -----
    The interval is for the value on the actual labels: labels are drawn from the recalibrated scores, with a bootstrap
    of the recalibration. A change in behaviour that does not change the scores is not covered until labels arrive.
    """
    margins = log_odds(scores)
    probabilities = recalibration.line.probability(margins)
    values = {
        "auc_roc": expected_auc(probabilities, scores),
        "brier_score": expected_brier(probabilities, scores),
        "f1_score": expected_f1(probabilities, scores, threshold),
        "precision_at_capacity": expected_precision_at_capacity(probabilities, scores, capacity_ratio),
    }
    resampled = _resampled(scores, margins, recalibration, threshold, capacity_ratio, rng)
    tail = (1 - COVERAGE) / 2 * 100
    rows = []
    for name, value in values.items():
        seen = resampled[name][~np.isnan(resampled[name])]
        if value is None or len(seen) == 0:
            continue
        low, high = np.percentile(seen, [tail, 100 - tail])
        rows.append((name, value, float(min(low, value)), float(max(high, value))))
    return pd.DataFrame(rows, columns=["metric_name", "value", "lower_bound", "upper_bound"])


def _resampled(
    scores: FloatArray,
    margins: FloatArray,
    recalibration: Recalibration,
    threshold: float,
    capacity_ratio: float,
    rng: Generator,
) -> dict[str, FloatArray]:
    """Return each metric on drawn labels, one value per resample."""
    lines = [recalibration.resample(place) for place in range(BOOTSTRAP_RESAMPLES)]
    labels = np.column_stack([rng.random(len(scores)) < line.probability(margins) for line in lines]).astype("float64")
    alarm = scores >= threshold
    top = np.argsort(-scores, kind="stable")[: contact_count(len(scores), capacity_ratio)]
    error_if_positive, error_if_negative = (1 - scores) ** 2, scores**2
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = 2 * labels[alarm].sum(axis=0) / (alarm.sum() + labels.sum(axis=0))
    return {
        "auc_roc": resampled_auc(labels, scores),
        "brier_score": (error_if_positive @ labels + error_if_negative @ (1 - labels)) / len(scores),
        "f1_score": np.asarray(f1, dtype="float64"),
        "precision_at_capacity": labels[top].mean(axis=0),
    }
