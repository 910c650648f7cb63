"""Each metric against a value worked by hand, and its edge cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ml.metrics.accuracy import accuracy
from ml.metrics.brier import brier
from ml.metrics.calibration_error import calibration_error, reliability
from ml.metrics.confusion import confusion
from ml.metrics.f1 import f1
from ml.metrics.lift_at_capacity import lift_at_capacity
from ml.metrics.log_loss import log_loss
from ml.metrics.pr_auc import pr_auc
from ml.metrics.precision import precision
from ml.metrics.precision_at_capacity import contact_count, precision_at_capacity
from ml.metrics.recall import recall
from ml.metrics.roc_auc import roc_auc

# By falling probability: positive, negative, positive, negative, negative.
LABELS = np.array([0, 1, 0, 1, 0])
SCORES = np.array([0.1, 0.9, 0.7, 0.4, 0.2])
ONLY_NEGATIVE = np.zeros(3, dtype="int64")
SOME = np.array([0.2, 0.5, 0.9])


def test_roc_auc_counts_ordered_pairs() -> None:
    # Pairs (positive, negative): 0.9 beats 0.1, 0.7, 0.2; 0.4 beats 0.1, 0.2 and loses to 0.7: 5 of 6.
    assert roc_auc(LABELS, SCORES) == pytest.approx(5 / 6)


def test_roc_auc_counts_a_tie_as_one_half() -> None:
    assert roc_auc(np.array([0, 1]), np.array([0.5, 0.5])) == 0.5
    assert roc_auc(np.array([0, 1, 1]), np.array([0.5, 0.5, 0.9])) == pytest.approx(0.75)


def test_pr_auc_is_average_precision() -> None:
    # Recall rises at rank 1 (precision 1/1) and rank 3 (precision 2/3), by a half each.
    assert pr_auc(LABELS, SCORES) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_brier_is_the_mean_squared_distance() -> None:
    # 0.01 + 0.01 + 0.49 + 0.36 + 0.04 = 0.91
    assert brier(LABELS, SCORES) == pytest.approx(0.91 / 5)


def test_log_loss_is_the_mean_negative_log_likelihood() -> None:
    surprise = -(math.log(0.9) + math.log(0.9) + math.log(0.3) + math.log(0.4) + math.log(0.8))
    assert log_loss(LABELS, SCORES) == pytest.approx(surprise / 5)


def test_log_loss_of_a_certain_error_is_large_and_finite() -> None:
    assert log_loss(np.array([1]), np.array([0.0])) == pytest.approx(-math.log(1e-15))


def test_calibration_error_weighs_bins_by_rows() -> None:
    # Bins of equal mass keep ties together: 8 rows say 0.25 and 1 of them happens, 2 rows say 0.75 and both do.
    labels = np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    scores = np.array([0.25] * 8 + [0.75] * 2)
    assert calibration_error(labels, scores) == pytest.approx(0.8 * 0.125 + 0.2 * 0.25)
    assert list(reliability(labels, scores)["row_count"]) == [8, 2]


def test_precision_at_capacity_uses_the_highest_scores() -> None:
    assert precision_at_capacity(LABELS, SCORES, 0.4) == pytest.approx(1 / 2)
    assert precision_at_capacity(LABELS, SCORES, 0.6) == pytest.approx(2 / 3)


def test_precision_at_capacity_averages_a_tie_at_the_cut_off() -> None:
    # One of two can be called; the two tie, one of them is positive: expect a half whatever the order.
    assert precision_at_capacity(np.array([1, 0]), np.array([0.5, 0.5]), 0.5) == 0.5
    assert precision_at_capacity(np.array([0, 1]), np.array([0.5, 0.5]), 0.5) == 0.5


def test_capacity_is_a_floor_and_at_least_one_contact() -> None:
    assert contact_count(19, 0.1) == 1
    assert contact_count(30, 0.1) == 3  # 30 * 0.1 is 3.0000000000000004 in floats
    assert contact_count(5, 0.01) == 1


def test_lift_compares_with_random_selection() -> None:
    assert lift_at_capacity(LABELS, SCORES, 0.4) == pytest.approx(0.5 / 0.4)


def test_counts_and_rates_at_a_threshold() -> None:
    # At 0.4, inclusive: alarms are 0.9 (right), 0.7 (wrong), 0.4 (right).
    assert confusion(LABELS, SCORES, 0.4) == {
        "true_negative": 2,
        "false_positive": 1,
        "false_negative": 0,
        "true_positive": 2,
    }
    assert accuracy(LABELS, SCORES, 0.4) == pytest.approx(4 / 5)
    assert precision(LABELS, SCORES, 0.4) == pytest.approx(2 / 3)
    assert recall(LABELS, SCORES, 0.4) == 1
    assert f1(LABELS, SCORES, 0.4) == pytest.approx(4 / 5)


def test_ranking_metrics_are_undefined_without_positives() -> None:
    assert roc_auc(ONLY_NEGATIVE, SOME) is None
    assert pr_auc(ONLY_NEGATIVE, SOME) is None
    assert lift_at_capacity(ONLY_NEGATIVE, SOME, 0.5) is None
    assert recall(ONLY_NEGATIVE, SOME, 0.95) is None
    assert f1(ONLY_NEGATIVE, SOME, 0.95) is None


def test_precision_is_undefined_without_predicted_positives() -> None:
    assert precision(LABELS, SCORES, 0.95) is None


def test_metrics_are_undefined_without_rows() -> None:
    none = np.array([], dtype="int64")
    assert accuracy(none, none.astype(float), 0.5) is None
    assert precision_at_capacity(none, none.astype(float), 0.1) is None
