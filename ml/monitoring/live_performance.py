"""Quality of published scores with mature labels: metrics with intervals, for all customers and by segment.

Belongs here: which segments are measured, metric values and their bootstrap. Does not: formulas (metrics), or which
labels are mature (the warehouse decides that).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.random import Generator

from ml.metrics.registry import METRICS, Metric, Scored

ALL_CUSTOMERS = "all"
MEASURED_METRICS = (
    "auc_roc",
    "auc_pr",
    "brier_score",
    "log_loss",
    "f1_score",
    "calibration_error",
    "precision_at_capacity",
)
BOOTSTRAP_RESAMPLES = 100
COVERAGE = 0.95
SEGMENT_ROWS = 100
SEGMENT_LEVELS = 10


def performance(
    rows: pd.DataFrame,
    *,
    threshold: float,
    capacity_ratio: float,
    segment_columns: tuple[str, ...] = (),
    rng: Generator,
) -> pd.DataFrame:
    """Measure scored rows whose labels are known.

    Parameters
    ----------
    rows : DataFrame
        ``label`` (0 or 1), ``probability``, and the columns that define segments, text or None.
    threshold, capacity_ratio : float
        Threshold and capacity of the version that scored.
    segment_columns : tuple of str
        Each level of a column is a segment, named ``column=level``. Columns with more than ten levels, and segments of
        fewer than a hundred rows, are left out.

    Returns
    -------
    DataFrame
        ``segment``, ``metric_name``, ``row_count``, ``positive_count``, ``value``, ``lower_bound``, ``upper_bound``;
        an undefined metric (a single class, no predicted positive) is left out.

    Notes
    -----
    Percentile bootstrap of rows, 95 %. Source: Efron and Tibshirani 1993, chapter 13. The expected calibration
    error is biased upwards, more so in a resample. If its interval is above the value, it is extended to the value.
    """
    found = []
    for segment, chosen in _segments(rows, segment_columns):
        scored = Scored(
            chosen["label"].to_numpy("int64"), chosen["probability"].to_numpy("float64"), threshold, capacity_ratio
        )
        found += _measured(segment, scored, rng)
    columns = ["segment", "metric_name", "row_count", "positive_count", "value", "lower_bound", "upper_bound"]
    return pd.DataFrame(found, columns=columns)


def _segments(rows: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL_CUSTOMERS, rows
    for column in columns:
        levels = sorted(rows[column].dropna().unique())
        for level in levels if len(levels) <= SEGMENT_LEVELS else ():
            chosen = rows[rows[column] == level]
            if len(chosen) >= SEGMENT_ROWS:
                yield f"{column}={level}", chosen


def _measured(segment: str, scored: Scored, rng: Generator) -> list[tuple[object, ...]]:
    metrics = [metric for metric in METRICS if metric.name in MEASURED_METRICS]
    count = len(scored.labels)
    draws = [_resampled(scored, rng.integers(0, count, count)) for _ in range(BOOTSTRAP_RESAMPLES)]
    counts = (count, int(scored.labels.sum()))
    rows: list[tuple[object, ...]] = []
    for metric in metrics:
        value = metric.compute(scored)
        if value is not None:
            rows.append((segment, metric.name, *counts, value, *_interval(metric, value, draws)))
    return rows


def _resampled(scored: Scored, chosen: np.ndarray) -> Scored:
    return Scored(scored.labels[chosen], scored.probabilities[chosen], scored.threshold, scored.capacity_ratio)


def _interval(metric: Metric, value: float, draws: list[Scored]) -> tuple[float, float]:
    values = [drawn for drawn in map(metric.compute, draws) if drawn is not None]
    tail = (1 - COVERAGE) / 2 * 100
    low, high = np.percentile(values or [value], [tail, 100 - tail])
    return float(min(low, value)), float(max(high, value))
