"""Properties of metrics for any input, and agreement with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from ml.metrics.brier import brier
from ml.metrics.calibration_error import calibration_error
from ml.metrics.log_loss import log_loss
from ml.metrics.registry import METRICS, Scored
from ml.metrics.roc_auc import roc_auc

ROWS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.01, 0.2, 0.2, 0.5, 0.83, 0.99])), min_size=4, max_size=60)


def as_arrays(rows: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    labels, scores = zip(*rows, strict=True)
    return np.array(labels, dtype="int64"), np.array(scores)


@given(ROWS)
def test_metrics_agree_with_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    labels, scores = as_arrays(rows)
    assert brier(labels, scores) == pytest.approx(reference.brier_score_loss(labels, scores))
    assert log_loss(labels, scores) == pytest.approx(reference.log_loss(labels, scores, labels=[0, 1]))
    if 0 < labels.sum() < len(labels):
        assert roc_auc(labels, scores) == pytest.approx(reference.roc_auc_score(labels, scores))


@given(ROWS, st.randoms(use_true_random=False))
def test_row_order_does_not_change_metrics(rows: list[tuple[bool, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for metric in METRICS:
        values = [metric.compute(Scored(*as_arrays(order), 0.5, 0.3)) for order in (rows, shuffled)]
        assert values[0] == pytest.approx(values[1]) if values[0] is not None else values[1] is None


@given(ROWS)
def test_every_rate_is_within_its_bounds(rows: list[tuple[bool, float]]) -> None:
    scored = Scored(*as_arrays(rows), 0.5, 0.3)
    unbounded = {"log_loss", "lift_at_capacity"}
    for metric in METRICS:
        value = metric.compute(scored)
        assert value is None or value >= 0
        assert value is None or metric.name in unbounded or value <= 1 + 1e-12


@given(ROWS)
def test_reversed_scores_reverse_the_ranking(rows: list[tuple[bool, float]]) -> None:
    labels, scores = as_arrays(rows)
    straight, turned = roc_auc(labels, scores), roc_auc(labels, 1 - scores)
    assert (straight is None and turned is None) or straight == pytest.approx(1 - turned)


def test_perfectly_calibrated_scores_have_no_calibration_error() -> None:
    labels = np.tile(np.array([1, 0, 0, 0]), 25)
    assert calibration_error(labels, np.full(100, 0.25)) == pytest.approx(0)


def test_metric_names_are_the_columns_of_the_metrics_table() -> None:
    assert {metric.name for metric in METRICS} == {
        "auc_roc",
        "auc_pr",
        "brier_score",
        "log_loss",
        "calibration_error",
        "precision_at_capacity",
        "lift_at_capacity",
        "accuracy",
        "precision",
        "recall",
        "f1_score",
    }
