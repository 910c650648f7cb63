"""A promoted version stays while it keeps its band; only its own failure brings the previous one back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ml.promotion.watch import (
    WatchPolicy,
    is_cooling_down,
    must_return,
    stability_index,
    watch_labels,
    watch_scores,
)
from tests.unit.ml.promotion.world import labelled_rows

POLICY = WatchPolicy()


def test_the_stability_index_of_a_worked_example() -> None:
    scores = np.array([0.1] * 80 + [0.9] * 20)
    assert stability_index(scores, [0.5], [0.5, 0.5]) == pytest.approx(0.3 * np.log(1.6) - 0.3 * np.log(0.4))
    assert stability_index(scores, [0.5], [0.8, 0.2]) == pytest.approx(0)
    assert np.isfinite(stability_index(scores, [0.95], [0.5, 0.5]))


@pytest.mark.parametrize(
    ("index", "previous", "is_within"),
    [(0.1, 0.1, True), (0.4, 0.1, False), (0.4, 0.5, True), (0.4, None, True), (float("nan"), 0.1, False)],
)
def test_scores_that_moved_alone_leave_the_band(index: float, previous: float | None, is_within: bool) -> None:
    assert watch_scores(index, previous, 1000, POLICY).is_within_band is is_within


def test_few_scores_say_nothing() -> None:
    assert watch_scores(9.0, 0.0, 20, POLICY).is_within_band is None


def test_a_version_worse_than_the_one_it_replaced_returns() -> None:
    rows = labelled_rows().rename(columns={"sharp": "previous", "blunt": "watched"})
    worse = watch_labels(rows, POLICY, 1)
    assert worse.is_within_band is False
    assert must_return([worse])


def test_a_better_version_and_one_without_labels_stay() -> None:
    rows = labelled_rows().rename(columns={"blunt": "previous", "sharp": "watched"})
    better, empty = watch_labels(rows, POLICY, 1), watch_labels(rows.head(0), POLICY, 1)
    assert better.is_within_band
    assert empty.is_within_band is None
    assert not must_return([better, empty])


def test_probabilities_that_say_too_much_leave_the_band() -> None:
    rows = labelled_rows().assign(previous=lambda given: given["sharp"], watched=lambda given: given["sharp"] ** 0.6)
    assert watch_labels(rows, POLICY, 1).is_within_band is False


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
def test_after_a_rollback_the_gate_waits(rolled_back_on: date | None, today: date, is_cooling: bool) -> None:
    assert is_cooling_down(rolled_back_on, today, POLICY) is is_cooling
