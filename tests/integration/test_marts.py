"""The documented churn tables over a small scored company: figures, freshness, running twice."""

from __future__ import annotations

from datetime import date

import pytest

from tests.dbt_builds import build_models
from tests.risk_world import CUSTOMERS, MONTHS, insert_company, insert_model, insert_scores, probability_of
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame

HIGH = [i for i in range(1, CUSTOMERS + 1) if probability_of(i) >= 0.7]


def test_trend_days_are_business_days(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        connection.execute("set timezone = 'America/New_York'")
        rows = connection.execute("select * from analytics.risk_trends").fetchall()
    assert [row[0] for row in rows] == [date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1)]
    assert all(row[1:] == (CUSTOMERS, pytest.approx(0.5), len(HIGH)) for row in rows)


def test_user_churn_prediction_has_the_documented_columns_in_order(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        frame = read_frame(connection, "select * from analytics.user_churn_prediction where ccod = 'C40'")
    families = ("kor", "value", "normal_average", "churn_average", "contrib", "contrib_label")
    expected = ["id", "created_at", "snapshot_month", "ccod", "churn_prob", "churn_label"]
    expected += [f"feature_{k}_{family}" for k in range(1, 11) for family in families]
    assert list(frame.columns) == [*expected, "model_version"]
    newest = frame.set_index("snapshot_month").loc[date(2025, 12, 1)]
    assert newest["churn_label"] == 1
    assert newest["feature_1_kor"] == "최근 90일 불만(VOC) 수"
    assert (newest["feature_1_normal_average"], newest["feature_1_churn_average"]) == (0.6, 2.1)
    assert newest["feature_1_contrib_label"] == "이탈 위험 증가"
    assert newest["feature_3_contrib_label"] == "이탈 위험 감소"
    assert newest.isna()["feature_3_value"], "a value that is not a number is missing, not NaN"
    assert newest.isna()["feature_4_kor"]


def test_c39_churn_label_is_the_prediction_and_the_outcome_is_separate(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        found = connection.execute(
            "select model_version, min(churn_prob) filter (where churn_label = 1),"
            " max(churn_prob) filter (where churn_label = 0)"
            " from analytics.user_churn_prediction group by model_version"
        ).fetchall()
    assert [row[0] for row in found] == ["churn-1"]
    assert found[0][2] < 0.4 <= found[0][1], "the version's threshold decides, not what became of the customer"
    with risk_world.connect(Role.OWNER) as connection:
        truth = connection.execute("select to_regclass('ml.label') is not null").fetchone()
    assert truth == (True,)


def test_prediction_logs_take_the_documented_features_where_they_are(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        row = connection.execute(
            "select age, debt_ratio, monthly_income, number_dependents from analytics.prediction_logs limit 1"
        ).fetchone()
    assert row == (42, None, None, None)


def test_model_metadata_shows_the_held_out_figures(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        row = connection.execute(
            "select model_version, model_stage, f1_score, roc_auc from analytics.model_metadata"
        ).fetchone()
    assert row == ("churn-1", "production", 0.76, 0.87)


def test_documented_indexes_of_the_materialised_view(risk_world: Warehouse) -> None:
    with risk_world.connect() as connection:
        rows = connection.execute(
            "select indexname, indexdef like 'CREATE UNIQUE%' from pg_indexes"
            " where schemaname = 'analytics' and tablename = 'high_risk_customers' order by 1"
        ).fetchall()
    assert rows == [("idx_high_risk_customers_id", True), ("idx_high_risk_customers_risk_score", False)]


def test_no_row_hides_in_a_default_partition(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection:
        rows = connection.execute("select default_row_count from monitoring.partition_health").fetchall()
    assert rows == [(0,)] * len(rows)
    assert rows


def _high_risk(warehouse: Warehouse) -> tuple[int, set[str]]:
    with warehouse.connect(Role.MANAGER) as connection:
        oid = connection.execute("select 'analytics.high_risk_customers'::regclass::oid").fetchone()
        rows = connection.execute(
            "select customer_code from analytics.high_risk_customers"
            " inner join analytics.customer_directory on customer_id = id"
        ).fetchall()
    assert oid is not None
    return oid[0], {row[0] for row in rows}


def _fingerprints(warehouse: Warehouse) -> dict[str, str]:
    relations = ("user_churn_prediction", "retention_list", "risk_trends", "high_risk_customers", "risk_history")
    query = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from analytics.{} as t"
    with warehouse.connect(Role.MANAGER) as connection:
        rows = {name: connection.execute(query.format(name)).fetchone() for name in relations}  # type: ignore[arg-type]
    return {name: row[0] for name, row in rows.items() if row}


def test_a_second_build_changes_nothing_and_new_scores_refresh_without_replacing(warehouse: Warehouse) -> None:
    insert_company(warehouse)
    insert_model(warehouse)
    insert_scores(warehouse, ["2025-12-01"])
    build_models(warehouse, months=MONTHS)
    first = _fingerprints(warehouse)
    relation, before = _high_risk(warehouse)
    assert before == {f"C{i}" for i in HIGH}

    build_models(warehouse, months=MONTHS)
    assert _fingerprints(warehouse) == first

    insert_scores(warehouse, ["2026-01-01"], customer="C40", probability=0.2)
    insert_scores(warehouse, ["2026-01-01"], customer="C1", probability=0.7)
    insert_scores(warehouse, ["2026-01-01"], customer="C2", probability=0.99, stage="shadow")
    build_models(warehouse)
    same_relation, after = _high_risk(warehouse)
    assert same_relation == relation, "a run of everything refreshes the view and does not replace it"
    assert after == before - {"C40"} | {"C1"}, "a shadow score makes nobody high risk"
    with warehouse.connect(Role.ANALYST) as connection:
        december = connection.execute(
            "select count(*) from analytics.user_churn_prediction where snapshot_month = '2025-12-01'"
        ).fetchone()
    assert december == (2,), "the month whose scores are new was found without being named"
