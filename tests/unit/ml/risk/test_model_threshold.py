"""The decision threshold by expected value and capacity, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.risk.target import RiskTarget
from ml.risk.threshold import break_even, capacity_cut, choose_threshold, value_curve

SCORES = np.array([0.9, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.1, 0.05, 0.01])


def target(**changes: float | None) -> RiskTarget:
    given = {"contact_cost": 10.0, "retention_success_ratio": 0.5, "customer_value": 100.0, "capacity_ratio": 0.3}
    return RiskTarget("t", "t", **(given | changes))


def test_break_even_is_cost_over_gain() -> None:
    assert break_even(target()) == pytest.approx(10 / 50)
    assert break_even(target(customer_value=0.0)) == 1.0
    assert break_even(target(contact_cost=1000.0)) == 1.0


def test_unknown_cost_or_value_leaves_the_capacity_cut_off() -> None:
    assert break_even(target(customer_value=None)) == 0.0
    assert choose_threshold(SCORES, target(contact_cost=None)) == 0.6
    with pytest.raises(ValueError, match="no value curve"):
        value_curve(SCORES, SCORES, target(customer_value=None))


def test_threshold_is_the_capacity_cut_off_when_more_would_pay() -> None:
    # Six scores reach the break-even 0.2, three can be contacted.
    assert choose_threshold(SCORES, target()) == 0.6


def test_threshold_is_the_break_even_when_fewer_pay() -> None:
    assert choose_threshold(SCORES, target(capacity_ratio=0.9)) == pytest.approx(0.2)


def test_tie_at_the_cut_off_is_left_out() -> None:
    cut = capacity_cut(np.array([0.9, 0.5, 0.5, 0.1]), 0.5)
    assert 0.5 < cut < 0.9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0.01, 1))
def test_contacts_never_exceed_the_capacity(scores: list[float], ratio: float) -> None:
    values = np.array(scores)
    reached = int((values >= capacity_cut(values, ratio)).sum())
    assert reached <= max(1, np.floor(ratio * len(values) + 1e-9))


def test_no_threshold_within_capacity_has_a_higher_value() -> None:
    economics = target(capacity_ratio=0.9)
    chosen = choose_threshold(SCORES, economics)

    def worth(threshold: float) -> float:
        return float(np.sum(SCORES[threshold <= SCORES] * 50 - 10))

    assert worth(chosen) == pytest.approx(max(worth(score) for score in SCORES[:9]))


def test_value_curve_is_expected_and_realised_value_per_thousand() -> None:
    curve = value_curve(np.array([0.8, 0.2]), np.array([1.0, 0.0]), target(), points=3)
    # First contact: expected 0.8 * 50 - 10 = 30, realised 40; second: 0.2 * 50 - 10 = 0 and -10. Per 2 rows.
    assert curve["expected_value"].tolist() == pytest.approx([15_000, 15_000])
    assert curve["realised_value"].tolist() == pytest.approx([20_000, 15_000])


@pytest.mark.parametrize(
    "changes",
    [{"capacity_ratio": 0.0}, {"contact_cost": -1.0}, {"retention_success_ratio": 1.2}, {"documented_threshold": 2.0}],
)
def test_target_out_of_range_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        target(**changes)


def test_target_ignores_unknown_definition_columns() -> None:
    row = {"target_name": "late", "model_name": "late", "horizon_months": 1, "label_ko": "x", "customer_value": None}
    assert RiskTarget.from_mapping(row) == RiskTarget("late", "late", horizon_months=1)
    with pytest.raises(ValueError, match="lacks name, model_name"):
        RiskTarget.from_mapping({"label_en": "x"})
