"""A month against the reference: one row of figures for each feature and the score.

Belongs here: putting distances, tests and their correction together. Does not: formulas, or what the figures mean.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ml.monitoring.drift.distance import jensen_shannon, mean_shift, psi, psi_by_chance
from ml.monitoring.drift.histogram import KOLMOGOROV_SMIRNOV, ReferenceHistogram, reference_histograms
from ml.monitoring.drift.significance import chi_square, holm, kolmogorov_smirnov, mean_probability


def compare(profile: Mapping[str, Any], observed: pd.DataFrame, row_count: int) -> pd.DataFrame:
    """Compare the histograms of a month with those of the training data.

    Parameters
    ----------
    profile : mapping
        ``reference.json`` of a bundle.
    observed : DataFrame
        ``feature_name`` (``score`` for the score), ``bin`` (text: index from 0, or level), ``row_count`` and
        ``value_sum`` (of numbers), a row for each bin that has rows; missing values are in no row.
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
        When the month has no rows.

    Notes
    -----
    ``effect`` is in standard deviations: the larger of the mean's shift and of the root of the PSI beyond chance,
    which for a shifted normal distribution are the same. ``p_value`` is of two tests, of the shape and of the mean, the
    smaller one doubled (Bonferroni); ``statistic`` is that of the shape.
    """
    if row_count <= 0:
        raise ValueError("a month without rows cannot be compared; score it first")
    by_feature = dict(tuple(observed.groupby("feature_name")))
    nothing = observed.iloc[:0]
    rows = [
        _figures(reference, by_feature.get(reference.name, nothing), row_count)
        for reference in reference_histograms(profile)
    ]
    frame = pd.DataFrame(rows)
    frame.insert(4, "adjusted_p_value", holm(frame["p_value"].to_numpy("float64")))
    return frame


def _figures(reference: ReferenceHistogram, rows: pd.DataFrame, row_count: int) -> dict[str, Any]:
    counts = reference.counts(rows, row_count)
    shares = counts / row_count
    reference_rows, observed_rows = reference.rows / reference.dispersion, row_count / reference.dispersion
    pairs = reference_rows * observed_rows / (reference_rows + observed_rows)
    if reference.test == KOLMOGOROV_SMIRNOV:
        statistic, p_value = kolmogorov_smirnov(reference.shares, shares, pairs)
    else:
        statistic, p_value = chi_square(reference.shares, shares, reference_rows, observed_rows)
    present = counts[1:].sum()
    mean = float(rows["value_sum"].sum()) / present if present and reference.levels is None else None
    shift = mean_shift(reference.mean, reference.deviation, mean)
    index = psi(reference.shares, shares)
    beyond_chance = max(0.0, index - psi_by_chance(int((reference.shares > 0).sum()), reference_rows, observed_rows))
    return {
        "feature_name": reference.name,
        "test": reference.test,
        "statistic": statistic,
        "p_value": min(1.0, 2 * min(p_value, mean_probability(shift, pairs))),
        "psi": index,
        "jensen_shannon_distance": jensen_shannon(reference.shares, shares),
        "mean_shift_deviations": shift,
        "effect": max(abs(shift or 0.0), float(np.sqrt(beyond_chance))),
        "missing_ratio": shares[0],
        "reference_missing_ratio": reference.shares[0],
        "row_count": row_count,
        "bin_counts": counts.astype("int64").tolist(),
    }
