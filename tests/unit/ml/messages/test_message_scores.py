"""Linear scores: against all other classes, or against those of one parent only."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from ml.messages.linear import fit_scores, fit_sibling_scores

CHANCE = np.random.default_rng(3)
LABELS = np.repeat(["b2", "a1", "b1", "a2", "c"], 20)
PARENTS = [label[0] for label in LABELS]
VECTORS = sparse.csr_matrix(CHANCE.normal(size=(100, 8)) + 2 * np.eye(8)[np.repeat(range(5), 20)], dtype=np.float32)


def test_sibling_scores_depend_on_the_rows_of_the_parent_only() -> None:
    within = fit_sibling_scores(VECTORS, LABELS.tolist(), PARENTS, strength=1.0, seed=0)
    assert within.classes == ["a1", "a2", "b1", "b2", "c"]
    rows = np.flatnonzero([parent == "b" for parent in PARENTS])
    alone = fit_scores(VECTORS[rows], LABELS[rows].tolist(), strength=1.0, seed=0)
    assert within.score(VECTORS)[:, 2:4] == pytest.approx(alone.score(VECTORS))


@pytest.mark.filterwarnings("error")
def test_parent_with_one_row_per_class_is_fitted_without_warning() -> None:
    few = fit_sibling_scores(
        VECTORS[[0, 20, 40, 60]], ["b2", "a1", "b1", "a2"], ["b", "a", "b", "a"], strength=1.0, seed=0
    )
    assert few.classes == ["a1", "a2", "b1", "b2"]


def test_single_child_gets_the_constant_score() -> None:
    within = fit_sibling_scores(VECTORS, LABELS.tolist(), PARENTS, strength=1.0, seed=0)
    assert set(within.score(VECTORS)[:, 4].tolist()) == {1.0}


def test_row_order_does_not_change_the_fitted_classes() -> None:
    order = CHANCE.permutation(len(LABELS))
    shuffled = fit_sibling_scores(
        VECTORS[order], LABELS[order].tolist(), [PARENTS[place] for place in order], strength=1.0, seed=0
    )
    assert shuffled.classes == ["a1", "a2", "b1", "b2", "c"]
    predicted = [shuffled.classes[place] for place in shuffled.score(VECTORS)[:, 2:4].argmax(axis=1) + 2]
    rows = [place for place, parent in enumerate(PARENTS) if parent == "b"]
    assert np.mean([predicted[place] == LABELS[place] for place in rows]) > 0.9
