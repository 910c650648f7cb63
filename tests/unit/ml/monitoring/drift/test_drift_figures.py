"""Distances, tests and verdicts against values worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.monitoring.drift.comparison import compare_with_training
from ml.monitoring.drift.dispersion import dispersion
from ml.monitoring.drift.distance import jensen_shannon, mean_shift, psi
from ml.monitoring.drift.histogram import bin_names, training_histogram
from ml.monitoring.drift.significance import chi_square, holm, kolmogorov_smirnov, mean_probability
from ml.monitoring.drift.verdict import DriftLimits, assess_drift

DECILES = {"edges": [float(i) for i in range(1, 10)], "shares": [0.1] * 10, "missing_ratio": 0.0}
NUMBER = DECILES | {"mean": 5.0, "deviation": 2.0, "customer_count": 2000}
LEVELS = {"levels": {"a": 0.5, "b": 0.3}, "other_ratio": 0.2, "missing_ratio": 0.0, "customer_count": 2000}


def profile(**features: Any) -> dict[str, Any]:
    return {"row_count": 2000, "score": NUMBER, "features": features or {"visits": NUMBER, "plan": LEVELS}}


def month(counts: dict[str, dict[str, int]], mean: float = 5.0) -> pd.DataFrame:
    rows = [(name, place, count, mean * count) for name, bins in counts.items() for place, count in bins.items()]
    return pd.DataFrame(rows, columns=["feature_name", "bin", "row_count", "value_sum"])


LIKE_THE_REFERENCE = {
    "score": {str(place): 200 for place in range(10)},
    "visits": {str(place): 200 for place in range(10)},
    "plan": {"a": 1000, "b": 600, "rare": 400},
}


def test_psi_of_two_bins() -> None:
    # (.4 - .5) ln(.4/.5) + (.6 - .5) ln(.6/.5)
    assert psi(np.array([0.5, 0.5]), np.array([0.4, 0.6])) == pytest.approx(0.1 * math.log(1.5), abs=1e-9)


def test_jensen_shannon_is_0_for_equal_and_1_for_disjoint_histograms() -> None:
    assert jensen_shannon(np.array([0.3, 0.7]), np.array([0.3, 0.7])) == 0
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(1)


def test_mean_shift_is_in_deviations_of_the_training_data() -> None:
    assert mean_shift(5.0, 2.0, 5.6) == pytest.approx(0.3)
    assert mean_shift(5.0, 0.0, 5.6) is None


def test_kolmogorov_smirnov_of_a_known_difference() -> None:
    # gap 0.1 at 500 pairs: K = sqrt(5), 2 (e^-10 - e^-40 + ...)
    gap, p_value = kolmogorov_smirnov(np.array([0.5, 0.5]), np.array([0.4, 0.6]), 500)
    assert (gap, p_value) == (pytest.approx(0.1), pytest.approx(2 * math.exp(-10), rel=1e-6))


def test_chi_square_of_a_two_by_two_table() -> None:
    # 50/50 against 40/60 of a hundred: expected 45 and 55, statistic 2 x 25/45 + 2 x 25/55
    statistic, p_value = chi_square(np.array([0.5, 0.5]), np.array([0.4, 0.6]), 100, 100)
    assert statistic == pytest.approx(50 / 45 + 50 / 55)
    assert p_value == pytest.approx(0.1552, abs=1e-4)


def test_chi_square_merges_rare_bins_and_needs_two() -> None:
    assert chi_square(np.array([1.0, 0.0]), np.array([1.0, 0.0]), 100, 100) == (0.0, 1.0)
    pooled, _ = chi_square(np.array([0.96, 0.02, 0.02]), np.array([0.9, 0.05, 0.05]), 100, 100)
    plain, _ = chi_square(np.array([0.96, 0.04]), np.array([0.9, 0.1]), 100, 100)
    assert pooled == pytest.approx(plain)


def test_p_value_of_a_mean_shift_is_two_sided() -> None:
    assert mean_probability(-1.96 / 10, 100) == pytest.approx(0.05, abs=1e-3)


def test_holm_of_three_p_values() -> None:
    # sorted .01, .02, .04 times 3, 2, 1, never falling
    assert holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_holm_keeps_the_order_and_never_lowers_a_p_value(values: list[float]) -> None:
    raw = np.array(values)
    adjusted = holm(raw)
    assert (adjusted >= raw).all()
    assert (adjusted <= 1).all()
    order = np.argsort(raw, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def test_rows_in_no_bin_are_missing_and_unknown_levels_are_others() -> None:
    plan = training_histogram("plan", LEVELS, 1)
    rows = pd.DataFrame({"bin": ["b", "new", "newer"], "row_count": [3, 2, 1]})
    assert plan.counts(rows, 10).tolist() == [4, 0, 3, 3]


def test_month_like_the_training_data_raises_no_alert() -> None:
    found = compare_with_training(profile(), month(LIKE_THE_REFERENCE), 2000)
    assert (found["effect"] == 0).all()
    verdict = assess_drift(found, DriftLimits())
    assert (verdict.is_drifted, verdict.severity, verdict.drift_share) == (False, "info", 0.0)


def test_shift_is_reported_with_its_size() -> None:
    shifted = month(LIKE_THE_REFERENCE)
    shifted.loc[shifted["feature_name"] == "visits", "value_sum"] *= 1.12  # mean 5.6: 0.3 deviations
    verdict = assess_drift(compare_with_training(profile(), shifted, 2000), DriftLimits())
    assert verdict.drifted_features == ["visits"]
    assert verdict.drift_share == 0.5
    assert "visits (0.30 sd)" in verdict.message


@pytest.mark.parametrize(
    "broken",
    [
        {"visits": {}},  # NULL throughout
        {"visits": {"9": 2000}},  # another unit
        {"visits": {"4": 2000}},  # constant
        {"plan": {"A": 1000, "B": 600, "C": 400}},  # other spelling of the levels
    ],
)
def test_large_shift_of_one_feature_is_critical(broken: dict[str, dict[str, int]]) -> None:
    verdict = assess_drift(compare_with_training(profile(), month(LIKE_THE_REFERENCE | broken), 2000), DriftLimits())
    assert verdict.drifted_features == list(broken)
    assert verdict.severity == "critical"


def test_significant_but_small_difference_raises_no_alert() -> None:
    entry = NUMBER | {"customer_count": 10_000_000}
    counts = {"score": {str(place): 1_000_000 for place in range(10)}}
    tiny = month(counts | {"visits": counts["score"]}, mean=5.02)
    found = compare_with_training(profile(visits=entry) | {"score": entry}, tiny, 10_000_000)
    assert (found["adjusted_p_value"] < 1e-9).all()
    assert not assess_drift(found, DriftLimits()).is_drifted


def test_month_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="without rows"):
        compare_with_training(profile(), month({}), 0)


def test_equal_months_have_no_dispersion_and_seasons_have() -> None:
    months = pd.Series(np.repeat(np.arange(12), 600))
    steady = np.tile(np.arange(1, 7), 1200)
    assert dispersion(steady, months, 7, is_ordered=True) == 1.0
    is_summer = (months % 12 >= 6).to_numpy()
    seasonal = np.where(is_summer & (steady == 1), 6, steady)
    # half the months have an empty first bin: each month's gap to all of them is 1/12
    expected = 12 / 11 * 600 * (1 / 12) ** 2 / (np.pi**2 / 12)
    assert dispersion(seasonal, months, 7, is_ordered=True) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        (NUMBER | {"edges": [1.0, 2.5], "shares": [0.2, 0.3, 0.5]}, ["missing", "below 1", "1 to 2.5", "from 2.5"]),
        (NUMBER | {"edges": [], "shares": []}, ["missing", "any value"]),
        (LEVELS, ["missing", "a", "b", "all others"]),
    ],
)
def test_bin_names_follow_the_order_of_shares(entry: dict[str, Any], names: list[str]) -> None:
    assert bin_names(entry) == names
    assert len(names) == len(training_histogram("x", entry, 1.0).shares)
