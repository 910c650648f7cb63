"""The health page says what the database says: no model, a first run, and a year with a promotion and a way back."""

from __future__ import annotations

import html
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import mul
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bench.year_company import MARTS
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.monitoring.alerts import raise_alerts
from dagster_app.lib.monitoring.drift import measure_drift
from dagster_app.lib.monitoring.performance import estimate_performance, measure_performance
from dagster_app.lib.site.health_page import write_health_pages
from ml.risk.training import TrainingResult
from tests.conftest import DatabaseServer
from tests.dbt_builds import build_models
from tests.integration.test_model_monitors import (
    BROKEN,
    COMPANY,
    DEPLOY,
    LABELS,
    QUIET,
    REGISTER,
    VERSION,
    insert_month,
    trained,  # noqa: F401 - the fixture
)
from tests.unit.ml.training_data import make_months
from warehouse import registry, retraining
from warehouse.connection import Role, Warehouse
from warehouse.registry import Decider
from warehouse.retraining import GateComparison, RetrainingTrigger

NEW, POISONED = "churn-new", "churn-poisoned"
MATURE = """
create or replace view intermediate.int_outcomes__maturity as
select target_name::varchar(63), as_of_date, matures_at, is_mature
from (values
  ('churn', date '2025-02-01', timestamptz '2025-05-15', true),
  ('churn', date '2025-03-01', timestamptz '2025-06-15', true)
) as given (target_name, as_of_date, matures_at, is_mature)
"""
IN_THE_SHADOW = """
insert into ml.prediction (prediction_id, model_name, model_version, model_stage, customer_code, customer_id,
  as_of_date, predicted_at, probability, predicted_label, threshold, features)
select prediction_id || ':' || %(version)s::text, model_name, %(version)s::text, 'shadow', customer_code, customer_id,
  as_of_date, predicted_at, 1 - probability, predicted_label, threshold, features
from ml.prediction where model_version = %(of)s
"""
WATCHED = """
insert into ml.promotion_watch (model_name, model_version, as_of_date, evidence_kind, is_within_band, findings,
  rolled_back_to)
values ('churn', %s, '2025-03-01', 'labels', false, '{"statement": "ROC AUC fell by 0.2"}', %s)
"""
REASONS = [{"check": "label plausibility", "finding": "against", "statement": "labels <are> poisoned"}]


@dataclass(frozen=True)
class Year:
    """A warehouse whose pages were written three times: without a model, after a first run, after all that follows."""

    warehouse: Warehouse
    site: Path
    pages: dict[str, str]

    @property
    def last(self) -> str:
        return self.pages["year"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.connect(Role.ANALYST) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def year(
    trained: TrainingResult,  # noqa: F811
    embedded_server: DatabaseServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Year]:
    """A champion is replaced and returns, a challenger of poisoned labels is refused; visits change their unit."""
    home = tmp_path_factory.mktemp("health")
    warehouse = embedded_server.create(f"hp{uuid.uuid4().hex[:8]}", home)
    pages = {}

    def publish(name: str) -> None:
        pages[name] = write_health_pages(warehouse, home / "site").page.read_text()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BELLWETHER_HOME", str(home))
        with warehouse.connect(Role.OWNER) as connection:
            for statement in filter(str.strip, COMPANY.split(";\n")):
                connection.execute(statement)  # type: ignore[arg-type]
        build_models(warehouse, *MARTS, "+feature_reference", "monitoring_limit")
        publish("nothing")
        register(warehouse, trained)
        publish("first")
        live(warehouse)
        publish("year")
        yield Year(warehouse, home / "site", pages)
    embedded_server.drop(warehouse.database)


def register(warehouse: Warehouse, trained: TrainingResult) -> None:  # noqa: F811
    """Three versions of the model; the first one serves and has scored two months."""
    months = make_months(customers=400, months=16)
    months["as_of_date"] = pd.to_datetime(months["as_of_date"])
    with warehouse.connect(Role.OWNER) as connection:
        for version in (VERSION, NEW, POISONED):
            sha256 = BundleStore(warehouse.folders.models).save(trained.bundle, "churn", version)
            statement = REGISTER if version == VERSION else REGISTER.replace("true", "false")
            connection.execute(statement, {"version": version, "sha256": sha256})
        connection.execute(DEPLOY, [VERSION])
        for day, factor in (("2025-02-01", 1.0), ("2025-03-01", 100.0)):
            insert_month(connection, trained, months, pd.Timestamp(day), partial(mul, factor))


def live(warehouse: Warehouse) -> None:
    """Challengers come, one is refused, one promoted and taken back; labels mature and everything is measured."""
    with warehouse.connect(Role.MODEL) as connection:
        for version, passed in ((POISONED, False), (NEW, True)):
            retraining.request_retraining(connection, RetrainingTrigger("churn", "drift", version))
            registry.enter_shadow(connection, "churn", version, Decider("trigger", "it challenges", {}))
            attempt = retraining.attempts(connection, "churn", "asked")[0]
            retraining.enter_shadow(connection, attempt, version, VERSION)
            attempt = retraining.attempts(connection, "churn", "shadow")[0]
            words = "passed: certainly better" if passed else "refused: labels <are> poisoned"
            retraining.record_decision(
                connection, attempt, GateComparison(VERSION, passed, words, [] if passed else REASONS, 0.5, 0.4, None)
            )
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(IN_THE_SHADOW, {"version": NEW, "of": VERSION})
        connection.execute(LABELS + f" where model_version = '{VERSION}'")
        connection.execute(MATURE)
    store = BundleStore(warehouse.folders.models)
    measure_drift(warehouse, store, [QUIET, BROKEN], "run")
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(WATCHED, [NEW, VERSION])
        registry.promote(connection, VERSION, Decider("promotion watch", f"{NEW} left its band", {}), compared_with=NEW)
    measure_drift(warehouse, store, [QUIET, BROKEN], "run")
    estimate_performance(warehouse, store, [QUIET, BROKEN], "run")
    measure_performance(warehouse, store, "run")
    raise_alerts(warehouse, [QUIET, BROKEN], "run")


def table(page: str, name: str) -> list[list[str]]:
    """Text of the cells of the body of a table."""
    found = re.search(rf'<table class="{name}">(.*?)</table>', page, re.DOTALL)
    assert found is not None, f"no table {name}"
    body = found[1].partition("<tbody>")[2]
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def test_page_without_a_model(year: Year) -> None:
    assert "No model has been trained yet." in year.pages["nothing"]
    assert "<table" not in year.pages["nothing"]


def test_after_a_first_run_nothing_is_claimed_that_was_not_measured(year: Year) -> None:
    page = year.pages["first"]
    assert "Nothing has been measured or estimated yet." in page
    assert "No month has been checked for drift yet." in page
    assert "No monitoring alerts." in page
    rows = table(page, "quality")
    assert [row[:5] for row in rows] == [
        ["2025-03-01", VERSION, "in production", "400", "0"],
        ["2025-02-01", VERSION, "in production", "400", "0"],
    ]
    assert {row[5] for row in rows} == {"–"}


def test_each_scoring_version_has_its_monthly_metrics(year: Year) -> None:
    wanted = {
        (version, str(day), metric): f"{value:.4f}"
        for version, day, metric, value in year.rows(
            "select model_version, as_of_date, metric_name, value from monitoring.model_performance_monthly"
            " where segment = 'all' and metric_name in ('auc_roc', 'calibration_error') and value is not null"
        )
    }
    assert {key[:2] for key in wanted} == {(v, d) for v in (VERSION, NEW) for d in ("2025-02-01", "2025-03-01")}
    shown = {}
    for row in table(year.last, "quality"):
        shown |= {(row[1], row[0], "auc_roc"): row[5], (row[1], row[0], "calibration_error"): row[9]}
    assert shown == wanted
    stages = {(row[1], row[2]) for row in table(year.last, "quality")}
    assert stages == {(VERSION, "in production"), (NEW, "shadow mode")}


def test_estimates_coverage_and_drift_are_those_of_the_marts(year: Year) -> None:
    estimates = year.rows(
        "select distinct model_version, as_of_date::text, to_char(estimated_value, 'FM0.0000')"
        " from monitoring.model_performance_monthly where metric_name = 'auc_roc' and estimated_value is not null"
    )
    shown = {(row[1], row[0], row[7]) for row in table(year.last, "quality") if row[7] != "–"}
    assert shown == set(estimates)
    assert {(row[1], row[3], row[4]) for row in table(year.last, "coverage")} == {
        (VERSION, "400", "100.0%"),
        (NEW, "400", "100.0%"),
    }
    effects = {
        (name, f"{effect:.3f}")
        for name, effect in year.rows(
            "select feature_name, effect from monitoring.feature_drift"
            f" where model_version = '{VERSION}' and as_of_date = '2025-03-01'"
        )
    }
    drift = table(year.last, "drift")
    assert {(row[0], row[2]) for row in drift} == effects
    assert drift[0][0] == "visits", "the worst feature stands first"
    assert ["2025-03-01", VERSION, "2: visits, score"] in table(year.last, "reports")


def test_decision_log_shows_rejection_promotion_and_rollback(year: Year) -> None:
    log = table(year.last, "decisions")
    assert len(log) == len(year.rows("select 1 from monitoring.decision_log"))
    listed = [row[1:] for row in log[::-1]]
    steps = [
        ["verdict", "refused", POISONED, "promotion gate", "refused: labels <are> poisoned"],
        ["verdict", "passed", NEW, "promotion gate", "passed: certainly better"],
        ["stage", "production", NEW, "promotion gate", "passed: certainly better"],
        ["watch, as of 2025-03-01", "rolled back", NEW, "promotion watch", "ROC AUC fell by 0.2"],
        ["stage", "production", VERSION, "promotion watch", f"{NEW} left its band"],
    ]
    places = [listed.index(step) for step in steps]
    assert places == sorted(places)
    attempts = {row[2]: row for row in table(year.last, "attempts")}
    assert attempts[POISONED][4] == "rejected"
    assert "against: label plausibility. labels <are> poisoned" in attempts[POISONED][6]
    assert attempts[NEW][4] == "promoted"
    assert f"Champion: <strong>{VERSION}</strong>" in year.last
    assert "No challenger." in year.last


def test_alert_of_a_former_version_is_marked_and_not_sent(year: Year) -> None:
    found = year.rows("select distinct model_version from monitoring.monitoring_alerts where alert_type <> 'drift'")
    assert {row[0] for row in found} == {VERSION, NEW}
    alerts = table(year.last, "alerts")
    assert {row[3] for row in alerts} == {VERSION, f"{NEW}, not in production"}
    with year.warehouse.connect(Role.MODEL) as connection:
        sent = connection.execute("select message from ml.alert where alert_type <> 'MODEL_ROLLED_BACK'").fetchall()
        asked = connection.execute("select trigger_key from ml.retraining").fetchall()
    assert sent
    assert not [row for row in sent if NEW in row[0]]
    assert not [row for row in asked if NEW in row[0] and not row[0].endswith(f":drift:{NEW}")]


def test_the_drift_report_shows_the_figures_of_its_month_and_the_histograms_they_are_of(year: Year) -> None:
    report = (year.site / "health" / "drift" / f"{VERSION}_2025-03-01.html").read_text()
    rows = table(report, "features")
    wanted = year.rows(
        "select feature_name, is_drifted, to_char(effect, 'FM0.000'), to_char(psi, 'FM90.000'), bin_counts, row_count"
        f" from monitoring.feature_drift where model_version = '{VERSION}' and as_of_date = '2025-03-01'"
        " order by is_drifted desc, effect desc, feature_name"
    )
    assert [(row[0], row[1] == "drift", row[4]) for row in rows] == [(one[0], one[1], one[3]) for one in wanted]
    assert rows[0][0] == "visits"
    chart = re.search(r'id="f-visits".*?json">(.*?)</script>', report, re.DOTALL)
    assert chart is not None
    training, month = json.loads(chart[1])["data"]
    counts = next(one[4] for one in wanted if one[0] == "visits")
    assert month["y"] == pytest.approx([count / 400 for count in counts], abs=1e-5)
    assert sum(training["y"]) == pytest.approx(1, abs=1e-3)
    quiet = (year.site / "health" / "drift" / f"{VERSION}_2025-02-01.html").read_text()
    assert "No drift in 7 features" in quiet


def test_damaged_bundle_is_reported_and_stale_reports_are_removed(year: Year) -> None:
    folder = year.site / "health" / "drift"
    (folder / "gone_2020-01-01.html").write_text("old")
    bundle = BundleStore(year.warehouse.folders.models).folder("churn", VERSION)
    kept = shutil.copytree(bundle, bundle.with_name("kept"))
    (bundle / "reference.json").write_text("{}")
    try:
        write_health_pages(year.warehouse, year.site)
    finally:
        shutil.rmtree(bundle)
        kept.rename(bundle)
    report = (folder / f"{VERSION}_2025-03-01.html").read_text()
    assert "histograms cannot be shown" in report
    assert "altered or truncated" in report
    assert table(report, "features")[0][0] == "visits"
    assert not (folder / "gone_2020-01-01.html").exists()
    write_health_pages(year.warehouse, year.site)
    assert "histograms cannot be shown" not in (folder / f"{VERSION}_2025-03-01.html").read_text()


def test_pages_load_local_files_only(year: Year) -> None:
    for path in year.site.rglob("*.html"):
        for address in re.findall(r'(?:src|href)="([^"#]+)', path.read_text()):
            assert "//" not in address, f"{path.name} asks for {address}"
    assert date(2025, 2, 1).isoformat() in year.last
