"""Drift, estimates and realised quality of scored months, from rows in the database to alerts in the outbox.

A small model is really trained, its bundle stored, and months are scored with it: as they were, in another unit, and
with labels that come and are corrected.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.monitoring.alerts import raise_alerts
from dagster_app.lib.monitoring.drift import measure_drift
from dagster_app.lib.monitoring.label_coverage import coverage_alerts
from dagster_app.lib.monitoring.performance import estimate_performance, measure_performance
from dagster_app.lib.monitoring.scored_months import ScoredMonth, read_histograms
from ml.risk.scoring import score
from ml.risk.target import RiskTarget
from ml.risk.training import TrainingResult, train
from tests.conftest import DatabaseServer
from tests.dbt_builds import build_models
from tests.unit.ml.training_data import CUT_OFF, FEATURES, make_months
from warehouse import retraining
from warehouse.connection import Role, Warehouse
from warehouse.frames import copy_frame

VERSION = "churn-test"
QUIET, BROKEN = date(2025, 1, 1), date(2025, 2, 1)
Change = Callable[["pd.Series[float]"], object]
COMPANY = """
insert into source.data_package (company, package_name, business_timezone, currency, is_simulated, definition)
values ('acme', 'acme', 'Asia/Seoul', 'KRW', true, '{}');
insert into crm.customer (customer_code, name, email, known_at)
select 'C' || to_char(i, 'FM0000'), 'Person ' || i, 'c' || i || '@customers.example', '2023-01-01'
from generate_series(0, 399) as i;
"""
REGISTER = """
insert into ml.model_version (
  model_name, version, target_name, model_type, training_date, data_hash, code_version, metrics, parameters,
  threshold, feature_names, artifact_path, artifact_sha256, is_active
) values (
  'churn', %(version)s, 'churn', 'lightgbm', '2025-04-01', repeat('a', 64), 'test',
  '{"model": {"auc_roc": 0.99}}', '{}', 0.4, '{visits}', 'x', %(sha256)s, true
)
"""
DEPLOY = """
insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason)
values ('churn', %s, 'production', tstzrange('2025-04-01', null), 'test', 'first')
"""
LABELS = """
insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source)
select 'churn', customer_code, as_of_date, (probability > 0.2)::integer, '2025-05-15', 'test'
from ml.prediction
"""


@pytest.fixture(scope="module")
def trained() -> TrainingResult:
    """A model of the invented company of the unit tests."""
    target = RiskTarget("churn", "churn", capacity_ratio=0.1)
    frame = make_months(customers=400, months=16)
    return train(frame, FEATURES, target, trained_at=CUT_OFF, seed=1, code_version="test")


@pytest.fixture
def scored(
    trained: TrainingResult,
    embedded_server: DatabaseServer,
    tmp_path: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Warehouse]:
    """The month after January scored as it was, the month after February with visits in another unit."""
    warehouse = embedded_server.create(f"mon{uuid.uuid4().hex[:8]}", tmp_path)  # type: ignore[arg-type]
    monkeypatch.setenv("BELLWETHER_HOME", str(warehouse.settings.home))
    with warehouse.connect(Role.OWNER) as connection:
        for statement in filter(str.strip, COMPANY.split(";\n")):
            connection.execute(statement)
        sha256 = BundleStore(warehouse.folders.models).save(trained.bundle, "churn", VERSION)
        connection.execute(REGISTER, {"version": VERSION, "sha256": sha256})
        connection.execute(DEPLOY, [VERSION])
        months = make_months(customers=400, months=16)
        months["as_of_date"] = pd.to_datetime(months["as_of_date"])
        insert_month(connection, trained, months, pd.Timestamp("2025-02-01"), lambda visits: visits)
        insert_month(connection, trained, months, pd.Timestamp("2025-03-01"), lambda visits: visits * 100)
    build_models(warehouse, "+int_outcomes__maturity", "monitoring_limit", months=["2025-01-01"])
    yield warehouse
    embedded_server.drop(warehouse.database)


def insert_month(connection, trained, months, day, change: Change) -> None:  # type: ignore[no-untyped-def]
    """Score the customers of a month of the world and write the scores."""
    rows = months[months["as_of_date"] == day].drop(columns=["label", "label_known_at"])
    rows["visits"] = change(rows["visits"])
    published = score(trained.bundle, rows).published
    ids = dict(connection.execute("select customer_code, id from crm.customer").fetchall())
    at = pd.Timestamp(day, tz="Asia/Seoul")
    frame = published[
        ["customer_code", "as_of_date", "probability", "predicted_label", "threshold", "features"]
    ].assign(
        prediction_id=[f"{day:%Y%m}:{code}" for code in published["customer_code"]],
        model_name="churn",
        model_version=VERSION,
        customer_id=[ids[code] for code in published["customer_code"]],
        predicted_at=at,
    )
    copy_frame(connection, frame, "ml.prediction")


def test_the_database_counts_as_the_reference_was_counted(scored: Warehouse, trained: TrainingResult) -> None:
    month = ScoredMonth("churn", VERSION, "churn", trained.bundle.sha256, date(2025, 2, 1))
    with scored.connect(Role.MODEL) as connection:
        found = read_histograms(connection, month, trained.bundle.training_profile)
    rows = make_months(customers=400, months=16)
    rows = rows[rows["as_of_date"] == date(2025, 2, 1)]
    edges = trained.bundle.training_profile["features"]["visits"]["edges"]
    present = rows["visits"].dropna().to_numpy()
    expected = np.bincount(np.searchsorted(edges, present, side="right"), minlength=10)
    visits = found[found["feature_name"] == "visits"].astype({"bin": int}).sort_values("bin")
    assert visits["row_count"].tolist() == expected.tolist()
    assert visits["value_sum"].sum() == pytest.approx(present.sum())
    plans = found[found["feature_name"] == "plan"].set_index("bin")["row_count"]
    assert plans.to_dict() == rows["plan"].value_counts().to_dict()
    cards = found[found["feature_name"] == "has_card"]
    assert cards["value_sum"].sum() == rows["has_card"].sum()
    assert set(found.loc[found["feature_name"] == "empty", "row_count"]) == set()


def test_another_unit_raises_one_critical_alert_and_a_quiet_month_none(scored: Warehouse) -> None:
    for _ in range(2):
        measure_drift(scored, BundleStore(scored.folders.models), [QUIET, BROKEN], "run")
        raise_alerts(scored, [QUIET, BROKEN], "run")
    build_models(scored, "+recent_drift_alerts", "+feature_drift")
    with scored.connect(Role.ANALYST) as connection:
        alerts = connection.execute(
            "select severity, drift_share, drifted_features, as_of_date from monitoring.monitoring_alerts"
        ).fetchall()
        recent = connection.execute("select severity, drift_share from monitoring.recent_drift_alerts").fetchall()
    assert alerts == [("critical", pytest.approx(1 / 7), ["visits"], date(2025, 3, 1))]
    assert recent == [alerts[0][:2]]
    with scored.connect(Role.MODEL) as connection:
        sent = connection.execute(
            "select alert_type, severity, message from ml.alert where customer_id is null"
        ).fetchall()
        rows = connection.execute("select count(*), sum(row_count) from ml.feature_drift").fetchone()
        asked = retraining.attempts(connection, "churn")
    assert [row[:2] for row in sent] == [("DRIFT", "critical")]
    assert "visits" in sent[0][2]
    assert [(one.trigger_kind, one.trigger_evidence["labels_since"]) for one in asked] == [("drift", "2025-03-01")]
    assert rows == (2 * 8, 2 * 8 * 400)


@pytest.mark.parametrize("change", [lambda visits: np.nan, lambda visits: visits.median()], ids=["null", "constant"])
def test_a_feature_without_values_or_with_one_value_is_one_critical_alert_by_its_name(
    scored: Warehouse, trained: TrainingResult, change: Change
) -> None:
    with scored.connect(Role.OWNER) as connection:
        connection.execute("delete from ml.prediction where as_of_date = '2025-03-01'")
        months = make_months(customers=400, months=16)
        months["as_of_date"] = pd.to_datetime(months["as_of_date"])
        insert_month(connection, trained, months, pd.Timestamp("2025-03-01"), change)
    for _ in range(2):
        measure_drift(scored, BundleStore(scored.folders.models), [QUIET, BROKEN], "run")
        raise_alerts(scored, [QUIET, BROKEN], "run")
    with scored.connect(Role.MODEL) as connection:
        sent = connection.execute(
            "select alert_type, severity, message from ml.alert where customer_id is null"
        ).fetchall()
    assert [row[:2] for row in sent] == [("DRIFT", "critical")]
    assert "visits" in sent[0][2]


def test_overdue_labels_raise_one_alert_until_they_arrive(scored: Warehouse) -> None:
    mature(scored, with_labels=False)
    for _ in range(2):
        assert measure_performance(scored, BundleStore(scored.folders.models), "run") == {}
        raise_alerts(scored, [QUIET], "run")
    with scored.connect(Role.MODEL) as connection:
        sent = connection.execute(
            "select alert_type, severity, message from ml.alert where customer_id is null"
        ).fetchall()
        serving = connection.execute("select version from ml.model_version where is_active").fetchall()
    assert [row[:2] for row in sent] == [("LABEL_COVERAGE", "warning")]
    assert "known for 0 of 400 scores" in sent[0][2]
    assert serving == [(VERSION,)], "nothing is replaced on labels that are not there"
    with scored.connect(Role.OWNER) as connection:
        connection.execute(LABELS)
    assert measure_performance(scored, BundleStore(scored.folders.models), "run") != {}
    with scored.connect(Role.MODEL) as connection:
        assert coverage_alerts(connection) == []


def mature(warehouse: Warehouse, *, with_labels: bool = True) -> None:
    """Record labels of February and March, and that the records reach beyond the horizon of February only."""
    with warehouse.connect(Role.OWNER) as connection:
        if with_labels:
            connection.execute(LABELS)
        connection.execute("drop view intermediate.int_outcomes__maturity")
        connection.execute(
            "create view intermediate.int_outcomes__maturity as"
            " select 'churn'::text as target_name, date '2025-02-01' as as_of_date,"
            " timestamptz '2025-05-15' as matures_at, true as is_mature"
            " union all select 'churn', date '2025-03-01', timestamptz '2025-06-15', false"
        )
        connection.execute("grant select on intermediate.int_outcomes__maturity to bellwether_model")


def test_only_mature_months_are_measured_and_a_correction_restates_beside_the_old_figure(scored: Warehouse) -> None:
    mature(scored)
    first = measure_performance(scored, BundleStore(scored.folders.models), "run")
    assert list(first) == [f"{VERSION} 2025-02-01"]
    assert measure_performance(scored, BundleStore(scored.folders.models), "run") == {}
    with scored.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source)"
            " select target_name, customer_code, as_of_date, 1 - label, '2025-06-01', 'correction'"
            " from ml.label where customer_code <= 'C0009'"
        )
    measure_performance(scored, BundleStore(scored.folders.models), "run")
    with scored.connect(Role.MODEL) as connection:
        values = connection.execute(
            "select value from ml.performance where segment = 'all' and metric_name = 'auc_roc'"
            " order by labels_known_until"
        ).fetchall()
        segments = connection.execute("select distinct segment from ml.performance order by 1").fetchall()
    assert values[0] == (1.0,)  # these labels are what the scores say
    assert values[1] < values[0]
    assert ("plan=basic",) in segments


def test_a_month_whose_labels_were_known_at_training_is_never_measured(scored: Warehouse) -> None:
    mature(scored)
    with scored.connect(Role.OWNER) as connection:
        connection.execute("update ml.label set known_at = '2025-03-31' where customer_code = 'C0001'")
    assert measure_performance(scored, BundleStore(scored.folders.models), "run") == {}


def test_estimate_precedes_labels_and_quality_loss_alerts(scored: Warehouse) -> None:
    found = estimate_performance(scored, BundleStore(scored.folders.models), [QUIET], "run")
    assert 0.5 < found[f"{VERSION} 2025-02-01"] < 0.99
    raise_alerts(scored, [QUIET], "run")
    with scored.connect(Role.MODEL) as connection:
        alert = connection.execute("select alert_type, severity, message from ml.monitoring_alert").fetchone()
        known = connection.execute("select distinct calibration_row_count from ml.performance_estimate").fetchall()
    # the version promised an AUC of 0.99
    assert alert is not None
    assert alert[:2] == ("estimated_performance", "warning")
    assert "expected 0.990 from the backtest" in alert[2]
    assert known == [(0,)]
