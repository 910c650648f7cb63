"""Intervals of the metric difference of two models on the same rows, by resampling customers.

Belongs here: resampling and the weighted forms of the metrics. Does not: what a difference means (`criteria`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from ml.metrics.arrays import FloatArray, IntArray

METRICS = ("auc_roc", "auc_pr", "brier_score")


@dataclass(frozen=True)
class MetricDifference:
    """Challenger minus champion: value on the rows themselves, and the limits of its interval."""

    estimate: float
    lower: float
    upper: float

    def to_dict(self) -> dict[str, float]:
        """Return plain values, for the record."""
        return {"difference": self.estimate, "lower": self.lower, "upper": self.upper}


class RankedScores:
    """Scores of one model, sorted once, so that a resample only sums weights."""

    def __init__(self, labels: IntArray, probabilities: FloatArray) -> None:
        order = np.argsort(-probabilities, kind="stable")
        ordered = probabilities[order]
        self._order = order
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        self._is_positive = labels[order] == 1
        self._squares = (probabilities - labels) ** 2

    def metrics(self, weights: FloatArray) -> tuple[float, float, float]:
        """Return ROC AUC, PR AUC and Brier score of rows, weighted by how often each is in the resample.

        Notes
        -----
        The weighted forms of `ml.metrics`; with weights of 1 they are equal to them. NaN if a class is absent.
        """
        resampled = weights[self._order]
        positive = np.add.reduceat(np.where(self._is_positive, resampled, 0.0), self._starts)
        negative = np.add.reduceat(np.where(self._is_positive, 0.0, resampled), self._starts)
        positives, negatives = positive.sum(), negative.sum()
        brier = float(weights @ self._squares / weights.sum())
        if positives == 0 or negatives == 0:
            return float("nan"), float("nan"), brier
        above, passed = np.cumsum(positive), np.cumsum(negative)
        below = negatives - passed + negative / 2
        reached = above + passed
        precision = np.divide(above, reached, out=np.zeros_like(above), where=reached > 0)
        return float(positive @ below / (positives * negatives)), float(positive @ precision / positives), brier


def paired_differences(
    labels: IntArray,
    champion: FloatArray,
    challenger: FloatArray,
    customers: Sequence[str],
    *,
    resamples: int,
    tail: float,
    seed: int,
) -> dict[str, MetricDifference]:
    """Return the difference of each of `METRICS`, challenger minus champion, with percentile limits.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        0 or 1, both classes present.
    champion, challenger : ndarray of shape (n,)
        Probabilities of both for the same rows.
    customers : sequence of str
        Customer of each row; a customer is resampled with all its rows.
    tail : float
        Share of the resamples beyond each limit, 0 to 0.5.

    Notes
    -----
    Both models are measured on the same resample, so its difficulty cancels out. Resamples without both classes are
    left out. Source: Efron and Tibshirani 1993, chapter 13; by cluster: Davison and Hinkley 1997, chapter 3.8.
    """
    _, cluster = np.unique(np.asarray(customers, dtype=object).astype(str), return_inverse=True)
    count = int(cluster.max()) + 1
    ours, theirs = RankedScores(labels, challenger), RankedScores(labels, champion)
    whole = np.ones(len(labels))
    estimate = np.subtract(ours.metrics(whole), theirs.metrics(whole))
    generator = Generator(Philox(seed))
    resampled = np.empty((resamples, len(METRICS)))
    for number in range(resamples):
        weights = np.bincount(generator.integers(0, count, count), minlength=count)[cluster].astype(float)
        resampled[number] = np.subtract(ours.metrics(weights), theirs.metrics(weights))
    lower, upper = np.nanquantile(resampled, [tail, 1 - tail], axis=0)
    return {
        name: MetricDifference(float(estimate[place]), float(lower[place]), float(upper[place]))
        for place, name in enumerate(METRICS)
    }
