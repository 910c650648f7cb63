"""A month compared with the training profile: one row of statistics for each feature and the score.

Belongs here: combining distances, tests and their correction. Does not: formulas, or the verdict.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ml.monitoring.drift.distance import expected_psi, jensen_shannon, mean_shift, psi
from ml.monitoring.drift.histogram import KOLMOGOROV_SMIRNOV, TrainingHistogram, training_histograms
from ml.monitoring.drift.significance import chi_square, holm, kolmogorov_smirnov, mean_probability


def compare_with_training(profile: Mapping[str, Any], observed: pd.DataFrame, row_count: int) -> pd.DataFrame:
    """Compare the histograms of a month with those of the training data.

    Parameters
    ----------
    profile : mapping
        Training profile: ``reference.json`` of a bundle.
    observed : DataFrame
        ``feature_name`` (``score`` for the score), ``bin`` (text: index from 0, or level), ``row_count`` and
        ``value_sum`` (of numbers), one row per bin with rows; missing values are not counted.
    row_count : int
        Rows of the month.

    Returns
    -------
    DataFrame
        A row for the score and each feature: ``feature_name``, ``test``, ``statistic``, ``p_value``,
        ``adjusted_p_value``, ``psi``, ``jensen_shannon_distance``, ``mean_shift_deviations``, ``effect``,
        ``missing_ratio``, ``reference_missing_ratio``, ``row_count``, ``bin_counts`` (missing first).

    Raises
    ------
    ValueError
        If the month has no rows.

    Notes
    -----
    ``effect`` is in standard deviations: the larger of the shift of the mean and the square root of the PSI in excess
    of its expected value; for a shifted normal distribution both are equal. ``p_value``: the smaller one of two tests,
    of the distribution and of the mean, doubled (Bonferroni). ``statistic`` is that of the test of the distribution.
    """
    if row_count <= 0:
        raise ValueError("a month without rows cannot be compared; score it first")
    by_feature = dict(tuple(observed.groupby("feature_name")))
    no_rows = observed.iloc[:0]
    rows = [
        _statistics(training, by_feature.get(training.name, no_rows), row_count)
        for training in training_histograms(profile)
    ]
    frame = pd.DataFrame(rows)
    frame.insert(4, "adjusted_p_value", holm(frame["p_value"].to_numpy("float64")))
    return frame


def _statistics(training: TrainingHistogram, rows: pd.DataFrame, row_count: int) -> dict[str, Any]:
    counts = training.counts(rows, row_count)
    shares = counts / row_count
    training_rows, observed_rows = training.rows / training.dispersion, row_count / training.dispersion
    pairs = training_rows * observed_rows / (training_rows + observed_rows)
    if training.test == KOLMOGOROV_SMIRNOV:
        statistic, p_value = kolmogorov_smirnov(training.shares, shares, pairs)
    else:
        statistic, p_value = chi_square(training.shares, shares, training_rows, observed_rows)
    present = counts[1:].sum()
    mean = float(rows["value_sum"].sum()) / present if present and training.levels is None else None
    shift = mean_shift(training.mean, training.deviation, mean)
    index = psi(training.shares, shares)
    excess_psi = max(0.0, index - expected_psi(int((training.shares > 0).sum()), training_rows, observed_rows))
    return {
        "feature_name": training.name,
        "test": training.test,
        "statistic": statistic,
        "p_value": min(1.0, 2 * min(p_value, mean_probability(shift, pairs))),
        "psi": index,
        "jensen_shannon_distance": jensen_shannon(training.shares, shares),
        "mean_shift_deviations": shift,
        "effect": max(abs(shift or 0.0), float(np.sqrt(excess_psi))),
        "missing_ratio": shares[0],
        "reference_missing_ratio": training.shares[0],
        "row_count": row_count,
        "bin_counts": counts.astype("int64").tolist(),
    }
