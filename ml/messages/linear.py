"""One linear score per class, one class against the rest: fast, exact about which word decided.

Belongs here: fitting and applying the scores. Does not: probabilities or the tree.
"""

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


def fit_scores(vectors: sparse.csr_matrix, labels: Sequence[str], *, strength: float, seed: int) -> LinearScores:
    """Fit one score per class.

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
    machine = LinearSVC(C=strength, tol=0.01, random_state=seed).fit(vectors, np.asarray(labels))
    weights, intercepts = machine.coef_, machine.intercept_
    if len(classes) == 2:  # the machine keeps the second class's score only
        weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
    weights = np.where(np.abs(weights) < SMALLEST_WEIGHT, 0, weights).astype(np.float32)
    return LinearScores(classes, sparse.csr_matrix(weights), intercepts.astype(np.float32))
