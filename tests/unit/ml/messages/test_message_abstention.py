"""Errors among the answered stay at the stated rate, or nothing is answered."""

from __future__ import annotations

import numpy as np
import pytest

from ml.messages.abstention import NEVER, choose_abstention, coverage_curve, upper_bound


@pytest.mark.parametrize(
    ("errors", "answered", "bound"), [(0, 29, 0.0981), (0, 28, 0.1015), (5, 100, 0.1023), (3, 3, 1.0)]
)
def test_bounds_are_those_of_the_tables(errors: int, answered: int, bound: float) -> None:
    assert upper_bound(errors, answered, 0.05) == pytest.approx(bound, abs=2e-4)


def test_a_perfect_model_answers_everything() -> None:
    confidence = np.linspace(0.2, 0.9, 200)
    chosen = choose_abstention(confidence, np.ones(200, dtype=bool), error_rate=0.1, risk=0.05)
    assert (chosen.threshold, chosen.coverage, chosen.error_rate) == (0.2, 1.0, 0.0)


@pytest.mark.parametrize("count", [0, 20])
def test_too_little_evidence_answers_nothing(count: int) -> None:
    chosen = choose_abstention(np.full(count, 0.9), np.ones(count, dtype=bool), error_rate=0.1, risk=0.05)
    assert chosen.threshold == NEVER
    assert chosen.coverage == 0


def test_the_unsure_half_is_left_out_where_it_is_wrong() -> None:
    confidence = np.concatenate([np.linspace(0.6, 1, 500), np.linspace(0, 0.4, 500)])
    is_right = np.concatenate([np.ones(500, dtype=bool), np.zeros(500, dtype=bool)])
    chosen = choose_abstention(confidence, is_right, error_rate=0.1, risk=0.05)
    assert 0.45 < chosen.coverage < 0.56
    assert chosen.error_rate <= 0.1


def test_equal_confidences_are_answered_together() -> None:
    is_right = np.array([True] * 300 + [False] * 300)
    chosen = choose_abstention(np.full(600, 0.8), is_right, error_rate=0.1, risk=0.05)
    assert chosen.threshold == NEVER


def test_the_promise_is_kept_on_new_messages() -> None:
    chance = np.random.default_rng(3)
    broken = 0
    for _ in range(200):
        confidence = chance.random(800)
        is_right = chance.random(800) < confidence
        chosen = choose_abstention(confidence[:400], is_right[:400], error_rate=0.2, risk=0.05)
        true_rate = (1 - chosen.threshold) / 2 if chosen.threshold < 1 else 0.0  # mean of 1 - confidence above it
        broken += true_rate > 0.2
    assert broken <= 0.05 * 200 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_the_curve_ends_with_everything_answered() -> None:
    curve = coverage_curve(np.linspace(0, 1, 50), np.arange(50) > 9, points=5)
    assert curve["coverage"].tolist() == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert curve["error_rate"].tolist() == [0, 0, 0, 0, 0.2]
