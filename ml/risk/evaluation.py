"""Metric rows in the columns of ``ml.model_metrics``.

Belongs here: computing metric rows from scored rows with their labels. Does not: formulas (metrics) or fitting
(backtest).
"""

from typing import Any

import pandas as pd

from ml.metrics.confusion import confusion
from ml.metrics.registry import METRICS, Scored

MODEL = "model"
LOGISTIC_BASELINE = "logistic_baseline"
LAST_SCORE_BASELINE = "last_score_baseline"
SUBJECTS = (MODEL, LOGISTIC_BASELINE, LAST_SCORE_BASELINE)
_ZERO_WITHOUT_POSITIVES = ("precision", "f1_score")


def measure_subjects(scored: Scored) -> dict[str, Any]:
    """Return every registered metric, the counts and the confusion matrix of scored rows.

    Raises
    ------
    ValueError
        If a class is absent: ranking metrics are undefined then.

    Notes
    -----
    Precision and F1 must not be NULL in the documented table: if no row reaches the threshold they are stored as 0.
    """
    positives = int(scored.labels.sum())
    if positives in (0, len(scored.labels)):
        raise ValueError("an evaluation needs both classes; leave out origins whose labels are all equal")
    values: dict[str, Any] = {metric.name: metric.compute(scored) for metric in METRICS}
    for name in _ZERO_WITHOUT_POSITIVES:
        values[name] = 0.0 if values[name] is None else values[name]
    counts = {"row_count": len(scored.labels), "positive_count": positives}
    settings = {"threshold": scored.threshold, "capacity_ratio": scored.capacity_ratio}
    matrix = confusion(scored.labels, scored.probabilities, scored.threshold)
    return counts | settings | values | {"confusion_matrix": matrix}


def metric_rows(predictions: pd.DataFrame, kind: str, threshold: float, capacity_ratio: float) -> pd.DataFrame:
    """Measure every origin, and all origins together.

    Parameters
    ----------
    predictions : DataFrame
        ``origin_date``, ``segment``, ``label`` and one probability column per subject.
    kind : str
        ``backtest`` or ``cross_validation``.
    threshold, capacity_ratio : float
        Decision threshold of the model and capacity of the team.

    Returns
    -------
    DataFrame
        One row per origin (or fold) and subject under `kind`, then one per subject over all rows with
        ``evaluation_kind`` ``holdout`` for a backtest, or `kind` with segment ``all`` for folds.
    """
    rows = []
    for (origin, segment), group in predictions.groupby(["origin_date", "segment"], sort=True):
        rows += _subject_rows(group, kind, origin, str(segment), threshold, capacity_ratio)
    pooled_kind = "holdout" if kind == "backtest" else kind
    rows += _subject_rows(predictions, pooled_kind, None, "all", threshold, capacity_ratio)
    return pd.DataFrame(rows).astype({"origin_date": object})


def _subject_rows(
    group: pd.DataFrame, kind: str, origin: Any, segment: str, threshold: float, capacity_ratio: float
) -> list[dict[str, Any]]:
    identity = {"evaluation_kind": kind, "origin_date": origin, "segment": segment}
    labels = group["label"].to_numpy("int64")
    return [
        identity
        | {"subject": subject}
        | measure_subjects(Scored(labels, group[subject].to_numpy("float64"), threshold, capacity_ratio))
        for subject in SUBJECTS
    ]
