"""Labels from contracts: who is asked, what is known when, and that a package's own labels win whole."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dagster_app.lib.risk.targets import RiskTarget, asked_targets
from tests.dbt_builds import build_models
from tests.risk_world import insert_company
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame

LABELS = "select customer_code, as_of_date, label, known_at, label_source from intermediate.int_outcomes__label"


def test_labels_of_the_world_are_the_ones_worked_out_by_hand(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.MODEL) as connection:
        labels = read_frame(connection, LABELS)
    churned = labels[labels["label"] == 1]
    # ended on 15 August: inside [T, T + 3 months) for T = 1 June, July and August
    assert set(churned["as_of_date"]) == {date(2025, 6, 1), date(2025, 7, 1), date(2025, 8, 1)}
    assert set(churned["customer_code"]) == {f"C{i}" for i in range(5, 41, 5)}
    # newest snapshot is known on 1 January: T + 3 months + 14 days must not be later
    assert labels["as_of_date"].max() == date(2025, 9, 1)
    assert len(labels) == 40 * 7 + 32, "customers whose contract has ended are no longer asked"


def test_a_label_is_known_fourteen_days_after_its_horizon_in_the_business_zone(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.MODEL) as connection:
        known = connection.execute(
            "select distinct known_at from intermediate.int_outcomes__label where as_of_date = '2025-02-01'"
        ).fetchall()
    assert known == [(datetime(2025, 5, 14, 15, tzinfo=UTC),)]


def test_cohort_is_who_has_an_active_contract(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.MODEL) as connection:
        counts = connection.execute(
            "select snapshot_month, count(*) from intermediate.int_outcomes__cohort"
            " where snapshot_month >= '2025-07-01' group by snapshot_month order by snapshot_month limit 2"
        ).fetchall()
    assert counts == [(date(2025, 7, 1), 40), (date(2025, 8, 1), 32)]


def test_every_target_is_asked_of_a_company_that_names_none(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.MODEL) as connection:
        assert asked_targets(connection) == [
            RiskTarget("churn", "churn"),
            RiskTarget("payment_default", "payment_default"),
        ]


@pytest.fixture
def labelled_company(warehouse: Warehouse) -> Warehouse:
    insert_company(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.outcome_label"
            " (target_name, customer_code, as_of_date, label, known_at, content_hash, batch_id) values"
            " ('churn', 'C1', '2025-06-01', 1, '2025-10-01', repeat('1', 32), 1),"
            " ('churn', 'C1', '2025-06-01', 0, '2025-11-01', repeat('2', 32), 1),"
            " ('churn', 'C5', '2025-06-01', 0, '2025-10-01', repeat('3', 32), 1)"
        )
    return warehouse


def test_labels_that_a_package_brings_win_whole(labelled_company: Warehouse) -> None:
    build_models(labelled_company, "+int_outcomes__label")
    with labelled_company.connect(Role.MODEL) as connection:
        labels = read_frame(connection, LABELS + " order by customer_code")
    assert labels[["customer_code", "label", "label_source"]].to_numpy().tolist() == [
        ["C1", 0, "package"],
        ["C5", 0, "package"],
    ]
