"""Estimates without labels: values worked by hand, coverage of intervals, and a stream with drift."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.special import expit

from bench.estimate_stream import run_stream
from ml.metrics.roc_auc import roc_auc
from ml.monitoring.performance_estimate.estimate import estimate
from ml.monitoring.performance_estimate.expectation import (
    expected_auc,
    expected_brier,
    expected_f1,
    expected_precision_at_capacity,
)
from ml.monitoring.performance_estimate.recalibration import IDENTITY, Recalibration, recalibrate

TAKEN_AT_THEIR_WORD = Recalibration(IDENTITY, [], 0)


def test_expected_metrics_of_three_rows() -> None:
    p = np.array([0.8, 0.5, 0.1])
    # ordered pairs: .8(.5) + .8(.9) + .5(.9) = 1.57; all: that + .5(.2) + .1(.2) + .1(.5) = 1.74
    assert expected_auc(p, p) == pytest.approx(1.57 / 1.74)
    assert expected_brier(p, p) == pytest.approx((0.16 + 0.25 + 0.09) / 3)
    # alarms at .5: two rows, 1.3 right; 1.4 positives expected
    assert expected_f1(p, p, 0.5) == pytest.approx(2 * 1.3 / (2 + 1.4))
    assert expected_precision_at_capacity(p, p, 0.34) == pytest.approx(0.8)


def test_tied_scores_count_one_half_and_in_any_order() -> None:
    scores, p = np.array([0.3, 0.3, 0.7]), np.array([0.2, 0.4, 0.7])
    assert expected_auc(p, scores) == pytest.approx(expected_auc(p[[1, 0, 2]], scores[[1, 0, 2]]))
    assert expected_auc(np.array([0.2, 0.4]), np.array([0.3, 0.3])) == pytest.approx(0.5)


def test_estimate_of_a_calibrated_month_equals_the_actual_metrics() -> None:
    rng = np.random.default_rng(3)
    scores = expit(rng.normal(-2, 1.2, 200_000))
    labels = (rng.random(len(scores)) < scores).astype("int64")
    expected = expected_auc(scores, scores)
    assert expected == pytest.approx(roc_auc(labels, scores), abs=0.004)


def test_intervals_cover_actual_metrics_in_95_percent() -> None:
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(60):
        scores = expit(rng.normal(-2, 1.2, 1_000))
        labels = (rng.random(1_000) < scores).astype("int64")
        found = estimate(scores, TAKEN_AT_THEIR_WORD, threshold=0.3, capacity_ratio=0.1, rng=rng)
        auc = found.set_index("metric_name").loc["auc_roc"]
        covered.append(auc["lower_bound"] <= (roc_auc(labels, scores) or 0) <= auc["upper_bound"])
    assert np.mean(covered) >= 0.9


def test_recalibration_finds_the_line_of_the_labels() -> None:
    rng = np.random.default_rng(5)
    scores = expit(rng.normal(-2, 1.2, 20_000))
    labels = (rng.random(len(scores)) < expit(0.5 * np.log(scores / (1 - scores)) + 0.3)).astype("int64")
    found = recalibrate(scores, labels, rng)
    assert found.line.slope == pytest.approx(0.5, abs=0.05)
    assert found.line.intercept == pytest.approx(0.3, abs=0.1)


def test_too_few_labels_leave_the_scores_unchanged() -> None:
    labels = np.array([1] * 19 + [0] * 500)
    assert recalibrate(np.full(519, 0.1), labels, np.random.default_rng(1)).line == IDENTITY
    assert recalibrate(np.empty(0), np.empty(0, dtype="int64"), np.random.default_rng(1)).row_count == 0


def test_month_without_expected_positives_has_no_auc() -> None:
    found = estimate(np.zeros(50), TAKEN_AT_THEIR_WORD, threshold=0.5, capacity_ratio=0.1, rng=np.random.default_rng(1))
    assert "auc_roc" not in set(found["metric_name"]) or found["value"].notna().all()


def test_estimate_on_a_drifting_stream_beats_the_training_auc() -> None:
    estimated, constant = run_stream(seed=1)
    sys.stdout.write(f"mean absolute error {estimated:.4f} against {constant:.4f} of the reference AUC\n")
    assert estimated <= 0.6 * constant
