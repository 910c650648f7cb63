"""One command takes a company from files to pages; what it promises is there afterwards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.built_company import CUSTOMERS, Company
from warehouse.connection import Role, Warehouse

PAGES = ("index.html", "dbt/index.html", "data_docs/index.html")


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_the_run_ends_with_its_summary(finished_run: Company) -> None:
    text = finished_run.output
    for words in (
        "sample_company (simulated)",
        "customers scored",
        "high risk",
        "revenue at risk",
        "checks passed / warned / failed",
        "rows in quarantine",
        "logistic baseline",
        "bellwether docs",
    ):
        assert words in text, text
    for step in ("load files", "build features", "train and evaluate the model", "score customers", "publish pages"):
        assert re.search(rf"{step}\s+\d+\.\d s", text), f"no line about the step {step!r}:\n{text}"


def test_the_newest_months_are_scored_and_every_score_adds_up(built_warehouse: Warehouse) -> None:
    scored = rows(
        built_warehouse,
        "select as_of_date, count(*), count(distinct customer_code),"
        " max(abs(base_value + other_contribution + (select sum(c) from unnest(top_contributions) as c)"
        " - ln(probability / (1 - probability))))"
        " from ml.prediction group by as_of_date order by as_of_date",
    )
    cohort = dict(
        rows(built_warehouse, "select as_of_date, count(*) from intermediate.int_outcomes__cohort group by as_of_date")
    )
    assert [row[0].isoformat() for row in scored] == ["2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01"]
    for as_of_date, count, customers, gap in scored:
        assert count == customers == cohort[as_of_date] > CUSTOMERS / 4
        assert gap < 1e-6


def test_no_scored_month_was_learned_from(built_warehouse: Warehouse) -> None:
    (first_scored,) = rows(built_warehouse, "select min(as_of_date) from ml.prediction")[0]
    (window_end, training_date) = rows(
        built_warehouse,
        "select training_window_end, training_date from ml.model_version where is_active and model_name = 'churn'",
    )[0]
    known = rows(
        built_warehouse,
        "select count(*) from ml.label where as_of_date >= (select min(as_of_date) from ml.prediction)"
        " and known_at <= (select training_date from ml.model_version where is_active and model_name = 'churn')",
    )
    assert window_end < first_scored <= training_date.date()
    assert known == [(0,)]


def test_the_registry_holds_one_active_version_with_its_evidence(built_warehouse: Warehouse) -> None:
    versions = rows(
        built_warehouse,
        "select version, artifact_path, artifact_sha256 from ml.model_version where is_active and model_name = 'churn'",
    )
    assert len(versions) == 1
    version, path, sha256 = versions[0]
    from ml.risk.bundle import load

    assert load(built_warehouse.settings.home / path, sha256).manifest["target"]["name"] == "churn"
    subjects = rows(built_warehouse, "select subject, count(*) from ml.model_metrics group by subject order by subject")
    assert [name for name, _ in subjects] == ["last_score_baseline", "logistic_baseline", "model"]
    assert min(count for _, count in subjects) >= 7, "six origins and the pooled row"
    assert rows(built_warehouse, "select stage, version from ml.model_deployment where model_name = 'churn'") == [
        ("production", version)
    ]
    assert rows(built_warehouse, "select count(*) from ml.feature_importance where importance_score > 0")[0][0] > 10


def test_checks_of_both_tools_are_recorded_and_none_blocks(built_warehouse: Warehouse) -> None:
    found = dict(rows(built_warehouse, "select tool, count(*) from monitoring.check_result group by tool"))
    assert found["dbt"] > 100
    assert found["great_expectations"] > 10
    failed = rows(
        built_warehouse, "select relation, check_name from monitoring.check_result where not passed and is_blocking"
    )
    assert failed == []


def test_dagster_shows_the_four_stages_and_their_checks(built_warehouse: Warehouse) -> None:
    runs = rows(
        built_warehouse, "select pipeline_name, status from dagster.runs order by create_timestamp, pipeline_name"
    )
    assert runs == [(name, "SUCCESS") for name in ("load_files", "build_features", "train_and_score", "publish_pages")]
    partitions = rows(
        built_warehouse,
        "select count(distinct partition) from dagster.event_logs"
        " where asset_key = '[\"analytics\", \"customer_features\"]' and dagster_event_type = 'ASSET_MATERIALIZATION'",
    )
    assert partitions == [(24,)]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_published_and_load_nothing_from_elsewhere(built_warehouse: Warehouse, page: str) -> None:
    assert_self_contained(built_warehouse.folders.site / page)


def test_the_model_card_is_published(built_warehouse: Warehouse) -> None:
    (version,) = rows(built_warehouse, "select version from ml.model_version where is_active and model_name = 'churn'")[
        0
    ]
    card = built_warehouse.folders.site / "models" / f"{version}.html"
    assert_self_contained(card)
    assert version in (built_warehouse.folders.site / "index.html").read_text()
    assert "simulated" in card.read_text().lower()


def assert_self_contained(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//[^\"' >]+", text)
    loaded += re.findall(r"(?:@import|url\()\s*[\"']?https?://[^\"')]+", text)
    assert not loaded, f"{page} loads from elsewhere: {loaded[:5]}"


def test_alerts_of_the_newest_scores_only_are_sent(built_warehouse: Warehouse) -> None:
    with built_warehouse.connect(Role.MODEL) as connection:
        sent = connection.execute("select distinct predicted_at from ml.alert where was_sent").fetchall()
        unsettled = connection.execute(
            "select count(*) from ml.alert where not was_sent and coalesce(next_attempt_at, '-infinity') < 'infinity'"
        ).fetchone()
        newest = connection.execute("select max(predicted_at) from ml.prediction").fetchone()
    assert set(sent) <= {newest}
    assert unsettled == (0,)
