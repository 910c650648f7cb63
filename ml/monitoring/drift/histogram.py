"""Histograms beside their reference: the same bins, missing values first.

Belongs here: the bins of a reference profile, and putting counted rows into their order. Does not: tests or distances.
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
class ReferenceHistogram:
    """One feature, or the score, as the model learned from it.

    Parameters
    ----------
    shares : ndarray of shape (1 + bins,)
        Missing values first, then the bins in their order (levels, then all other levels, of a category); sums to 1.
    levels : tuple of str or None
        Levels of a category; None for numbers.
    rows : float
        Independent rows behind the shares: its customers, each of whom is in many of its months.
    dispersion : float
        How many times farther the reference's own months lie apart than chance would put them, at least 1.
    mean, deviation : float or None
        Of its present numbers.
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
        """Kolmogorov-Smirnov where the order of many bins says something, chi-square for few bins and categories."""
        return CHI_SQUARE if self.levels is not None else fitting_test(self.shares)

    def counts(self, rows: pd.DataFrame, row_count: int) -> FloatArray:
        """Return rows per bin, missing first.

        Parameters
        ----------
        rows : DataFrame
            ``bin`` (text: index of the bin from 0, or level) and ``row_count``, of present values only.
        row_count : int
            Rows of the month; whoever is in no bin is missing.
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


def fitting_test(shares: FloatArray) -> str:
    """Return the test that fits numbers with these shares: mass at a point leaves little of an order."""
    return KOLMOGOROV_SMIRNOV if len(shares) > ORDERED_BINS and shares.max() <= 0.5 else CHI_SQUARE


def with_missing(shares: list[float], missing_ratio: float) -> FloatArray:
    """Return shares of present values as shares of all rows, the missing ones first."""
    present = np.asarray(shares or [0.0], dtype="float64")
    return np.concatenate([[missing_ratio], (1 - missing_ratio) * present])


def reference_histogram(name: str, entry: Mapping[str, Any], rows: float) -> ReferenceHistogram:
    """Read one entry of a reference profile (`ml.monitoring.drift.reference`).

    Parameters
    ----------
    rows : float
        Independent rows where the entry itself states none.
    """
    levels = entry.get("levels")
    shares = entry["shares"] if levels is None else [*levels.values(), entry["other_ratio"]]
    return ReferenceHistogram(
        name=name,
        shares=with_missing(shares, float(entry["missing_ratio"])),
        levels=None if levels is None else tuple(levels),
        rows=float(entry.get("customer_count", rows)),
        dispersion=float(entry.get("dispersion", 1.0)),
        mean=entry.get("mean"),
        deviation=entry.get("deviation"),
    )


def bin_names(entry: Mapping[str, Any]) -> list[str]:
    """Name the bins of one entry of a reference profile in words, in the order of `ReferenceHistogram.shares`.

    A value equal to an edge lies above it; numbers are shortened to four digits.
    """
    if entry.get("levels") is not None:
        return ["missing", *map(str, entry["levels"]), "all others"]
    edges = [f"{edge:.4g}" for edge in entry["edges"]]
    if not edges:
        return ["missing", "any value"]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return ["missing", f"below {edges[0]}", *between, f"from {edges[-1]}"]


def reference_histograms(profile: Mapping[str, Any]) -> list[ReferenceHistogram]:
    """Return the score's histogram, then the features' in the order of their names."""
    rows = float(profile.get("customer_count", profile["row_count"]))
    features = profile["features"]
    return [
        reference_histogram(SCORE, profile[SCORE], rows),
        *(reference_histogram(name, features[name], rows) for name in sorted(features)),
    ]
