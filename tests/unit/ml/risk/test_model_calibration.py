"""Platt calibration: known lines are recovered, the ranking does not change."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from ml.risk.calibration import PlattCalibrator, fit_platt


def test_known_calibration_line_is_recovered() -> None:
    rng = np.random.default_rng(1)
    margin = rng.normal(size=200_000)
    labels = (rng.random(200_000) < expit(0.5 * margin - 2)).astype("int64")
    line = fit_platt(margin, labels)
    assert line.slope == pytest.approx(0.5, abs=0.03)
    assert line.intercept == pytest.approx(-2, abs=0.03)


def test_without_signal_all_rows_get_the_smoothed_base_rate() -> None:
    # Constant margins, 2 positives of 10: targets 3/4 (twice) and 1/10 (eight times), mean 0.23.
    line = fit_platt(np.zeros(10), np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]))
    assert line.probability(np.zeros(1))[0] == pytest.approx((2 * 3 / 4 + 8 * 1 / 10) / 10, abs=1e-5)


def test_calibration_slope_is_never_negative() -> None:
    margin = np.linspace(-2, 2, 100)
    assert fit_platt(margin, (margin < 0).astype("int64")).slope == 0.0


def test_single_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        fit_platt(np.zeros(4), np.zeros(4, dtype="int64"))


def test_probabilities_follow_the_calibration_line() -> None:
    line = PlattCalibrator(2.0, -1.0)
    assert line.log_odds(np.array([0.5])) == pytest.approx([0.0])
    assert line.probability(np.array([0.5])) == pytest.approx([0.5])
