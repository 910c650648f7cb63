"""The promotion watch: a version stays in production within its tolerance band; otherwise it is rolled back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ml.promotion.watch import (
    WatchPolicy,
    is_cooling_down,
    must_roll_back,
    observe_labels,
    observe_scores,
    stability_index,
)
from tests.unit.ml.promotion.scored_rows import labelled_rows

POLICY = WatchPolicy()


def test_stability_index_of_a_worked_example() -> None:
    scores = np.array([0.1] * 80 + [0.9] * 20)
    assert stability_index(scores, [0.5], [0.5, 0.5]) == pytest.approx(0.3 * np.log(1.6) - 0.3 * np.log(0.4))
    assert stability_index(scores, [0.5], [0.8, 0.2]) == pytest.approx(0)
    assert np.isfinite(stability_index(scores, [0.95], [0.5, 0.5]))


@pytest.mark.parametrize(
    ("index", "previous", "is_within"),
    [(0.1, 0.1, True), (0.4, 0.1, False), (0.4, 0.5, True), (0.4, None, True), (float("nan"), 0.1, False)],
)
def test_shift_of_one_version_only_leaves_the_band(index: float, previous: float | None, is_within: bool) -> None:
    assert observe_scores(index, previous, 1000, POLICY).is_within_band is is_within


def test_few_scores_are_no_evidence() -> None:
    assert observe_scores(9.0, 0.0, 20, POLICY).is_within_band is None


def test_version_worse_than_the_previous_one_leaves_the_band() -> None:
    rows = labelled_rows().rename(columns={"sharp": "previous", "blunt": "watched"})
    worse = observe_labels(rows, POLICY, 1)
    assert worse.is_within_band is False
    assert must_roll_back([worse])


def test_better_version_and_version_without_labels_stay() -> None:
    rows = labelled_rows().rename(columns={"blunt": "previous", "sharp": "watched"})
    better, empty = observe_labels(rows, POLICY, 1), observe_labels(rows.head(0), POLICY, 1)
    assert better.is_within_band
    assert empty.is_within_band is None
    assert not must_roll_back([better, empty])


def test_overconfident_probabilities_leave_the_band() -> None:
    rows = labelled_rows().assign(previous=lambda given: given["sharp"], watched=lambda given: given["sharp"] ** 0.6)
    assert observe_labels(rows, POLICY, 1).is_within_band is False


@pytest.mark.parametrize(
    ("rolled_back_on", "today", "is_cooling"),
    [
        (None, date(2025, 6, 1), False),
        (date(2025, 5, 1), date(2025, 5, 1), True),
        (date(2025, 5, 1), date(2025, 7, 1), True),
        (date(2025, 5, 1), date(2025, 8, 1), False),
        (date(2024, 12, 1), date(2025, 2, 1), True),
    ],
)
def test_cool_down_after_a_rollback(rolled_back_on: date | None, today: date, is_cooling: bool) -> None:
    assert is_cooling_down(rolled_back_on, today, POLICY) is is_cooling
