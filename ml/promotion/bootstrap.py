"""Intervals of the difference of two models on the same rows, by resampling whole customers.

Belongs here: resampling and the weighted forms of the figures. Does not: what a difference means (`checks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from ml.metrics.arrays import FloatArray, IntArray

FIGURES = ("auc_roc", "auc_pr", "brier_score")


@dataclass(frozen=True)
class Difference:
    """Challenger minus champion: on the rows themselves, and the limits of its interval."""

    estimate: float
    lower: float
    upper: float

    def to_dict(self) -> dict[str, float]:
        """Return plain values, for the record."""
        return {"difference": self.estimate, "lower": self.lower, "upper": self.upper}


class RankedScores:
    """One model's scores, sorted once, so that each sample only sums weights."""

    def __init__(self, labels: IntArray, probabilities: FloatArray) -> None:
        order = np.argsort(-probabilities, kind="stable")
        ordered = probabilities[order]
        self._order = order
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        self._is_positive = labels[order] == 1
        self._squares = (probabilities - labels) ** 2

    def figures(self, weights: FloatArray) -> tuple[float, float, float]:
        """Return ROC AUC, PR AUC and Brier score of rows weighted by how often each was drawn.

        Notes
        -----
        The weighted forms of `ml.metrics`; with weights of 1 they are equal to them. NaN where a class is absent.
        """
        drawn = weights[self._order]
        positive = np.add.reduceat(np.where(self._is_positive, drawn, 0.0), self._starts)
        negative = np.add.reduceat(np.where(self._is_positive, 0.0, drawn), self._starts)
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
) -> dict[str, Difference]:
    """Return the difference of each of `FIGURES`, challenger minus champion, with percentile limits.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        0 or 1, both classes present.
    champion, challenger : ndarray of shape (n,)
        Probabilities of both for the same rows.
    customers : sequence of str
        Whose row it is: a customer is drawn with all its rows.
    tail : float
        Share of the samples beyond each limit, 0 to 0.5.

    Notes
    -----
    Both models see the same sample, so what is hard about it cancels. Samples without one of the classes are left
    out. Source: Efron and Tibshirani 1993, chapter 13; by cluster: Davison and Hinkley 1997, chapter 3.8.
    """
    _, cluster = np.unique(np.asarray(customers, dtype=object).astype(str), return_inverse=True)
    count = int(cluster.max()) + 1
    ours, theirs = RankedScores(labels, challenger), RankedScores(labels, champion)
    whole = np.ones(len(labels))
    estimate = np.subtract(ours.figures(whole), theirs.figures(whole))
    generator = Generator(Philox(seed))
    drawn = np.empty((resamples, len(FIGURES)))
    for number in range(resamples):
        weights = np.bincount(generator.integers(0, count, count), minlength=count)[cluster].astype(float)
        drawn[number] = np.subtract(ours.figures(weights), theirs.figures(weights))
    lower, upper = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return {
        name: Difference(float(estimate[place]), float(lower[place]), float(upper[place]))
        for place, name in enumerate(FIGURES)
    }
