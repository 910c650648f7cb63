"""One linear score per class, one class against others: fast, exact about which word decided.

Belongs here: fitting and applying the scores. Does not: probabilities or the tree.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from ml.metrics.arrays import FloatArray

SMALLEST_WEIGHT = 0.002
"""Weights below this are dropped: they decide nothing and are most of the storage."""


@dataclass(frozen=True)
class LinearScores:
    """Fitted scores.

    Parameters
    ----------
    classes : list of str
        One per row of the weights.
    weights : csr_matrix of float32, shape (classes, width)
    intercepts : array of float32, shape (classes,)
    """

    classes: list[str]
    weights: sparse.csr_matrix
    intercepts: FloatArray

    def score(self, vectors: sparse.csr_matrix) -> FloatArray:
        """Return scores, shape (rows, classes); positive speaks for the class."""
        scores: FloatArray = (vectors @ self.weights.T).toarray() + self.intercepts
        return scores


def fit_scores_within(
    vectors: sparse.csr_matrix, labels: Sequence[str], parents: Sequence[str], *, strength: float, seed: int
) -> LinearScores:
    """Fit one score per class against the other classes of its parent only.

    Between classes of different parents the scores say nothing. A tree of hundreds of categories is learned several
    times as fast as by scores against all of them, and answers about as well (`bench/message_results.md`).

    Parameters
    ----------
    labels, parents : sequence of str
        One per row each; all rows of a class have one parent.
    """
    given, above = np.asarray(labels, dtype=object), np.asarray(parents, dtype=object)
    parts = []
    for parent in sorted(set(parents)):
        rows = np.flatnonzero(above == parent)
        parts.append(fit_scores(vectors[rows], given[rows].tolist(), strength=strength, seed=seed))
    return LinearScores(
        [name for part in parts for name in part.classes],
        sparse.csr_matrix(sparse.vstack([part.weights for part in parts])),
        np.concatenate([part.intercepts for part in parts]),
    )


def fit_scores(vectors: sparse.csr_matrix, labels: Sequence[str], *, strength: float, seed: int) -> LinearScores:
    """Fit one score per class against all others.

    Parameters
    ----------
    labels : sequence of str
        One per row; a single class gets the constant score 1.
    strength : float
        Inverse regularisation (C of the linear support vector machine).
    """
    classes = sorted(set(labels))
    if len(classes) == 1:
        return LinearScores(classes, sparse.csr_matrix((1, vectors.shape[1]), dtype=np.float32), np.ones(1, np.float32))
    # finer steps change no answer and take five times as long
    machine = LinearSVC(C=strength, tol=0.01, random_state=seed)
    with warnings.catch_warnings():
        # a main category of few messages has about as many categories: they are no numbers taken for classes
        warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
        machine.fit(vectors, np.asarray(labels))
    weights, intercepts = machine.coef_, machine.intercept_
    if len(classes) == 2:  # the machine keeps the second class's score only
        weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
    weights = np.where(np.abs(weights) < SMALLEST_WEIGHT, 0, weights).astype(np.float32)
    return LinearScores(classes, sparse.csr_matrix(weights), intercepts.astype(np.float32))
