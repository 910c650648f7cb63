"""Histograms of the training profile, and counts of a month in the same bins; missing values first.

Belongs here: the bins of a training profile, and ordering counted rows by them. Does not: tests or distances.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray

SCORE = "score"
KOLMOGOROV_SMIRNOV = "kolmogorov_smirnov"
CHI_SQUARE = "chi_square"
ORDERED_BINS = 5


@dataclass(frozen=True)
class TrainingHistogram:
    """Distribution of one feature, or of the score, in the training data.

    Parameters
    ----------
    shares : ndarray of shape (1 + bins,)
        Missing values first, then the bins in order (for a category: its levels, then all others together); sum 1.
    levels : tuple of str or None
        Levels of a category; None for numbers.
    rows : float
        Independent rows: the number of customers, because each customer is in many months.
    dispersion : float
        Factor by which the months of the training data differ more than random samples would, at least 1.
    mean, deviation : float or None
        Mean and standard deviation of the values that are not missing.
    """

    name: str
    shares: FloatArray
    levels: tuple[str, ...] | None
    rows: float
    dispersion: float
    mean: float | None
    deviation: float | None

    @property
    def test(self) -> str:
        """Kolmogorov-Smirnov for many ordered bins, chi-square for few bins and for categories."""
        return CHI_SQUARE if self.levels is not None else choose_test(self.shares)

    def counts(self, rows: pd.DataFrame, row_count: int) -> FloatArray:
        """Return rows per bin, missing values first.

        Parameters
        ----------
        rows : DataFrame
            ``bin`` (text: index of the bin from 0, or level) and ``row_count``, of present values only.
        row_count : int
            Rows of the month; the rows that are in no bin have a missing value.
        """
        counts = np.zeros(len(self.shares))
        for name, count in zip(rows["bin"], rows["row_count"], strict=True):
            counts[1 + self._position(str(name))] += count
        counts[0] = row_count - counts.sum()
        return counts

    def _position(self, name: str) -> int:
        if self.levels is None:
            return int(name)
        return self.levels.index(name) if name in self.levels else len(self.levels)


def choose_test(shares: FloatArray) -> str:
    """Return the test for numbers with these shares: chi-square if there are few bins or one has most of the rows."""
    return KOLMOGOROV_SMIRNOV if len(shares) > ORDERED_BINS and shares.max() <= 0.5 else CHI_SQUARE


def with_missing(shares: list[float], missing_ratio: float) -> FloatArray:
    """Return shares of values that are not missing as shares of all rows, preceded by the share of missing ones."""
    present = np.asarray(shares or [0.0], dtype="float64")
    return np.concatenate([[missing_ratio], (1 - missing_ratio) * present])


def training_histogram(name: str, entry: Mapping[str, Any], rows: float) -> TrainingHistogram:
    """Read one entry of a training profile (`ml.monitoring.drift.training_profile`).

    Parameters
    ----------
    rows : float
        Independent rows, if the entry has no number of its own.
    """
    levels = entry.get("levels")
    shares = entry["shares"] if levels is None else [*levels.values(), entry["other_ratio"]]
    return TrainingHistogram(
        name=name,
        shares=with_missing(shares, float(entry["missing_ratio"])),
        levels=None if levels is None else tuple(levels),
        rows=float(entry.get("customer_count", rows)),
        dispersion=float(entry.get("dispersion", 1.0)),
        mean=entry.get("mean"),
        deviation=entry.get("deviation"),
    )


def bin_names(entry: Mapping[str, Any]) -> list[str]:
    """Return names of the bins of one entry of a training profile, in the order of `TrainingHistogram.shares`.

    A value equal to an edge belongs to the bin above it; numbers are rounded to four digits.
    """
    if entry.get("levels") is not None:
        return ["missing", *map(str, entry["levels"]), "all others"]
    edges = [f"{edge:.4g}" for edge in entry["edges"]]
    if not edges:
        return ["missing", "any value"]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return ["missing", f"below {edges[0]}", *between, f"from {edges[-1]}"]


def training_histograms(profile: Mapping[str, Any]) -> list[TrainingHistogram]:
    """Return the histogram of the score, then those of the features, sorted by name."""
    rows = float(profile.get("customer_count", profile["row_count"]))
    features = profile["features"]
    return [
        training_histogram(SCORE, profile[SCORE], rows),
        *(training_histogram(name, features[name], rows) for name in sorted(features)),
    ]
