"""Scores of a month that has no partition: they are kept, reported, and moved to their month once it is created."""

from __future__ import annotations

from datetime import date

import pytest

from dagster_app.lib.risk.scoring import ensure_prediction_partition
from tests.data_packages import rows
from tests.faults.recovery_times import Recovery
from tests.integration.test_risk_trigger import days, make_world, score
from warehouse.connection import Role, Warehouse
from warehouse.database.partitions import default_partition_rows

pytestmark = pytest.mark.faults
SCORES = "select prediction_id, predicted_at, probability from ml.prediction order by 1"
PLACES = "select distinct tableoid::regclass::text from ml.prediction"


def test_scores_in_the_default_partition_are_counted_and_move_without_a_second_alert(
    warehouse: Warehouse, recovery: Recovery
) -> None:
    make_world(warehouse)
    for customer in ("C1", "C2"):
        score(warehouse, ("2031-03-01", 0.9), customer=customer)
    before = rows(warehouse, SCORES)
    assert rows(warehouse, PLACES) == [("ml.risk_history_default",)]
    with warehouse.connect(Role.ANALYST) as connection:
        assert default_partition_rows(connection)["ml.prediction"] == 2
    assert days(warehouse) == ["2031-03-01", "2031-03-01"]
    with recovery(), warehouse.connect(Role.MODEL) as connection:
        ensure_prediction_partition(connection, date(2031, 3, 1))
    assert rows(warehouse, SCORES) == before
    assert rows(warehouse, PLACES) == [("ml.risk_history_y2031m03",)]
    with warehouse.connect(Role.ANALYST) as connection:
        assert default_partition_rows(connection)["ml.prediction"] == 0
    assert days(warehouse) == ["2031-03-01", "2031-03-01"], "one alert for each customer"
