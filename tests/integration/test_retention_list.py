"""Whom to call: the list of the small company, worked out by hand."""

from __future__ import annotations

import pytest

from tests.dbt_builds import build_models
from tests.risk_world import insert_company, insert_model, insert_scores, probability_of
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame


def test_list_is_the_best_calls_within_the_capacity(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.MANAGER) as connection:
        listed = read_frame(connection, "select * from analytics.retention_list order by priority_rank")
    # 32 customers still under contract, 5 % of them is 1.6: two calls; fee and score both rise with the number
    assert listed["customer_code"].tolist() == ["C39", "C38"]
    assert listed["priority_rank"].tolist() == [1, 2]
    margin = 50_000 * 39 * 0.4
    assert listed["expected_value"][0] == pytest.approx(probability_of(39) * 0.3 * margin * 12 - 15_000)
    assert listed["value_at_risk"][0] == pytest.approx(margin * 12)
    assert listed["risk_band"].tolist() == ["critical", "critical"]
    assert listed["currency"].tolist() == ["KRW", "KRW"]


def test_reasons_in_english_and_korean(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        row = connection.execute(
            "select reasons_en, reasons_ko from analytics.retention_list where priority_rank = 1"
        ).fetchone()
    assert row == (
        "Complaints (VOC), last 90 days: 4 (stayed 0.6, left 2.1); "
        "Cancellation rate, whole history: 25 % (stayed 5.2 %, left 31 %)",
        "최근 90일 불만(VOC) 수: 4 (유지 평균 0.6, 이탈 평균 2.1); "
        "전체 작업 취소율: 25 % (유지 평균 5.2 %, 이탈 평균 31 %)",
    )


def test_customers_whose_contract_has_ended_are_not_called(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        codes = connection.execute("select customer_code from analytics.retention_list").fetchall()
        score = connection.execute(
            "select risk_score from analytics.customer_risk where customer_code = 'C40'"
        ).fetchone()
    assert score == (pytest.approx(probability_of(40)),), "C40 is the riskiest of all"
    assert ("C40",) not in codes


def test_no_retention_list_without_a_contact_cost(warehouse: Warehouse) -> None:
    insert_company(warehouse)
    insert_model(warehouse)
    insert_scores(warehouse, ["2026-01-01"])
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("update source.data_package set currency = 'XXX'")
    build_models(warehouse, "+retention_list", months=["2025-12-01"])
    with warehouse.connect(Role.MANAGER) as connection:
        assert connection.execute("select count(*) from analytics.retention_list").fetchone() == (0,)


BANK = """
insert into source.data_package (company, package_name, business_timezone, currency, is_simulated, definition)
values ('bank', 'bank', 'Europe/Berlin', 'EUR', false, '{"as_of_dates": ["2025-01-01"]}');
insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status)
values ('bank', 'bank', 'inline', repeat('0', 64), 'crm.customer', 'loaded');
insert into source.load_month (batch_id, snapshot_month, rows_changed) values (1, '2024-12-01', 40);
insert into crm.customer (customer_code, name, email, phone, balance, known_at)
select 'C' || i, 'Person ' || i, 'c' || i || '@customers.example', null, 10000 * i, '2024-06-01'
from generate_series(1, 40) as i;
insert into crm.customer_version (customer_code, known_at, name, email, balance, content_hash, batch_id)
select customer_code, known_at, name, email, balance, md5(customer_code), 1 from crm.customer;
insert into source.outcome_label (
  target_name, customer_code, as_of_date, label, known_at, content_hash, batch_id
)
select 'churn', customer_code, '2025-01-01', (id = 40)::int, '2025-06-01', md5(customer_code), 1 from crm.customer;
select source.ensure_partitions('ml.prediction', date '2025-01-01', date '2025-01-01')
"""


def test_a_bank_without_contracts_calls_by_balance_in_its_own_currency(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.OWNER) as connection:
        for statement in BANK.split(";\n"):
            connection.execute(statement)  # type: ignore[arg-type]
    insert_model(warehouse)
    insert_scores(warehouse, ["2025-01-01"])
    build_models(warehouse, timezone="Europe/Berlin", months=["2024-12-01"], with_tests=True)
    with warehouse.connect(Role.MANAGER) as connection:
        listed = connection.execute(
            "select customer_code, currency, monthly_fee, expected_value from analytics.retention_list"
            " order by priority_rank"
        ).fetchall()
    # 1.5 % of the balance a year; the cost of a call, 15,000 KRW, in euro at the seed's rates
    expected = probability_of(40) * 0.3 * 400_000 * 0.015 - 15_000 * 0.92 / 1400
    assert listed[0] == ("C40", "EUR", None, pytest.approx(expected))
    assert len(listed) == 2
