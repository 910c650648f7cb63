"""One linear score per class, one class against others: fast, and the contribution of each word is exact.

Belongs here: fitting and applying the scores. Does not: probabilities or the tree.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from ml.metrics.arrays import FloatArray

MIN_WEIGHT = 0.002
"""Smaller weights are dropped: they change no classification and take most of the storage."""


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
        """Return scores, shape (rows, classes); a positive score supports the class."""
        scores: FloatArray = (vectors @ self.weights.T).toarray() + self.intercepts
        return scores


def fit_sibling_scores(
    vectors: sparse.csr_matrix, labels: Sequence[str], parents: Sequence[str], *, strength: float, seed: int
) -> LinearScores:
    """Fit one score per class against the other classes of its parent only.

    Scores of classes with different parents cannot be compared. A tree of hundreds of categories is fitted several
    times as fast as with scores against all classes, at about the same accuracy (`bench/message_results.md`).

    Parameters
    ----------
    labels, parents : sequence of str
        One per row; all rows of a class have the same parent.
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
    # a smaller tolerance changes no classification and takes five times as long
    machine = LinearSVC(C=strength, tol=0.01, random_state=seed)
    with warnings.catch_warnings():
        # a main category with few messages may have about as many categories; the classes are valid all the same
        warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
        machine.fit(vectors, np.asarray(labels))
    weights, intercepts = machine.coef_, machine.intercept_
    if len(classes) == 2:  # the machine keeps the second class's score only
        weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
    weights = np.where(np.abs(weights) < MIN_WEIGHT, 0, weights).astype(np.float32)
    return LinearScores(classes, sparse.csr_matrix(weights), intercepts.astype(np.float32))
