"""Linear scores: against all other classes, or against those of one parent only."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from ml.messages.linear import fit_scores, fit_scores_within

CHANCE = np.random.default_rng(3)
LABELS = np.repeat(["b2", "a1", "b1", "a2", "c"], 20)
PARENTS = [label[0] for label in LABELS]
VECTORS = sparse.csr_matrix(CHANCE.normal(size=(100, 8)) + 2 * np.eye(8)[np.repeat(range(5), 20)], dtype=np.float32)


def test_scores_within_a_parent_are_those_of_its_rows_alone() -> None:
    within = fit_scores_within(VECTORS, LABELS.tolist(), PARENTS, strength=1.0, seed=0)
    assert within.classes == ["a1", "a2", "b1", "b2", "c"]
    rows = np.flatnonzero([parent == "b" for parent in PARENTS])
    alone = fit_scores(VECTORS[rows], LABELS[rows].tolist(), strength=1.0, seed=0)
    assert within.score(VECTORS)[:, 2:4] == pytest.approx(alone.score(VECTORS))


@pytest.mark.filterwarnings("error")
def test_a_parent_of_few_rows_with_a_class_each_is_fitted_in_silence() -> None:
    few = fit_scores_within(
        VECTORS[[0, 20, 40, 60]], ["b2", "a1", "b1", "a2"], ["b", "a", "b", "a"], strength=1.0, seed=0
    )
    assert few.classes == ["a1", "a2", "b1", "b2"]


def test_an_only_child_has_one_score_whatever_is_said() -> None:
    within = fit_scores_within(VECTORS, LABELS.tolist(), PARENTS, strength=1.0, seed=0)
    assert set(within.score(VECTORS)[:, 4].tolist()) == {1.0}


def test_rows_in_another_order_teach_the_same_classes() -> None:
    order = CHANCE.permutation(len(LABELS))
    shuffled = fit_scores_within(
        VECTORS[order], LABELS[order].tolist(), [PARENTS[place] for place in order], strength=1.0, seed=0
    )
    assert shuffled.classes == ["a1", "a2", "b1", "b2", "c"]
    truth = [shuffled.classes[place] for place in shuffled.score(VECTORS)[:, 2:4].argmax(axis=1) + 2]
    rows = [place for place, parent in enumerate(PARENTS) if parent == "b"]
    assert np.mean([truth[place] == LABELS[place] for place in rows]) > 0.9
