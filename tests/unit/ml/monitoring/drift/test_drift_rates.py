"""False alarms and power of the whole-model verdict, on simulated months of 2,000 customers and 57 features."""

from __future__ import annotations

import sys

import pytest

from bench.drift_worlds import LEAVING, caught, false_alarms, interval


@pytest.mark.parametrize("leaving", [LEAVING, 1.0])
def test_stable_months_raise_at_most_one_false_alarm_in_twenty(leaving: float) -> None:
    """The same customers every month, as in life, and new ones every month, which gives chance its full play.

    The interval takes months as independent; with customers who stay they are not, and alarms would come in rows.
    """
    alarms = false_alarms(20, 10, leaving=leaving)
    low, high = interval(int(alarms.sum()), 200)
    sys.stdout.write(f"{alarms.sum()} of 200 stable months raise an alarm (95 %: {low:.3f} to {high:.3f})\n")
    assert alarms.sum() / 200 <= 0.05
    # the whole interval lies below the promise
    assert high <= 0.05


def test_shift_of_three_tenths_of_a_deviation_is_detected() -> None:
    found = caught(0.3, 10, 10)
    low, high = interval(int(found.sum()), len(found))
    sys.stdout.write(f"{found.mean():.2f} of the shifts are caught and named (95 %: {low:.2f} to {high:.2f})\n")
    assert low >= 0.8
