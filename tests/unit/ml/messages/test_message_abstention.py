"""Abstention: the error rate of classified messages stays below the limit, or nothing is classified."""

from __future__ import annotations

import numpy as np
import pytest

from ml.messages.abstention import ABSTAIN_ALWAYS, choose_abstention, clopper_pearson_upper_bound, coverage_curve


@pytest.mark.parametrize(
    ("errors", "answered", "bound"), [(0, 29, 0.0981), (0, 28, 0.1015), (5, 100, 0.1023), (3, 3, 1.0)]
)
def test_upper_bounds_equal_published_tables(errors: int, answered: int, bound: float) -> None:
    assert clopper_pearson_upper_bound(errors, answered, 0.05) == pytest.approx(bound, abs=2e-4)


def test_perfect_model_classifies_everything() -> None:
    confidence = np.linspace(0.2, 0.9, 200)
    chosen = choose_abstention(confidence, np.ones(200, dtype=bool), error_rate=0.1, failure_probability=0.05)
    assert (chosen.threshold, chosen.coverage, chosen.error_rate) == (0.2, 1.0, 0.0)


@pytest.mark.parametrize("count", [0, 20])
def test_too_few_rows_classify_nothing(count: int) -> None:
    chosen = choose_abstention(
        np.full(count, 0.9), np.ones(count, dtype=bool), error_rate=0.1, failure_probability=0.05
    )
    assert chosen.threshold == ABSTAIN_ALWAYS
    assert chosen.coverage == 0


def test_incorrect_messages_of_low_confidence_are_unknown() -> None:
    confidence = np.concatenate([np.linspace(0.6, 1, 500), np.linspace(0, 0.4, 500)])
    is_correct = np.concatenate([np.ones(500, dtype=bool), np.zeros(500, dtype=bool)])
    chosen = choose_abstention(confidence, is_correct, error_rate=0.1, failure_probability=0.05)
    assert 0.45 < chosen.coverage < 0.56
    assert chosen.error_rate <= 0.1


def test_equal_confidences_are_classified_together() -> None:
    is_correct = np.array([True] * 300 + [False] * 300)
    chosen = choose_abstention(np.full(600, 0.8), is_correct, error_rate=0.1, failure_probability=0.05)
    assert chosen.threshold == ABSTAIN_ALWAYS


def test_error_rate_is_below_the_limit_on_new_messages() -> None:
    chance = np.random.default_rng(3)
    broken = 0
    for _ in range(200):
        confidence = chance.random(800)
        is_correct = chance.random(800) < confidence
        chosen = choose_abstention(confidence[:400], is_correct[:400], error_rate=0.2, failure_probability=0.05)
        true_rate = (1 - chosen.threshold) / 2 if chosen.threshold < 1 else 0.0  # mean of 1 - confidence above it
        broken += true_rate > 0.2
    assert broken <= 0.05 * 200 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_coverage_curve_ends_at_full_coverage() -> None:
    curve = coverage_curve(np.linspace(0, 1, 50), np.arange(50) > 9, points=5)
    assert curve["coverage"].tolist() == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert curve["error_rate"].tolist() == [0, 0, 0, 0, 0.2]
