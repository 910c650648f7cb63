"""Where the documents of the model operations contradict themselves or do not run: a test for each entry's resolution.

The company of `tests.risk_world` with its own labelled scores, and the log of an outside scorer whose labels come late.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from expectations.run import run_suite
from tests.conftest import DatabaseServer
from tests.data_packages import load_files
from tests.dbt_builds import build_models
from tests.integration.test_risk_trigger import make_world
from tests.risk_world import MONTHS, TIMEZONE, insert_company, insert_model, insert_scores
from warehouse.connection import Role, Warehouse

LOG = """\
prediction_id,created_at,model_version,model_stage,prediction,probability,age,request_source,response_time_ms,target_name
O1,2025-09-01T00:30:00,card-1,production,1,0.9,41,web,12,
O2,2025-09-01 01:00:00,card-1,production,0,0.2,35,web,9,
O3,2025-09-02T00:00:00Z,card-1,production,1,0.6,28,app,15,
O4,2025-09-20T00:00:00Z,card-1,production,0,0.1,52,app,11,churn
O5,2025-09-03T00:00:00Z,card-1,production,0,1.5,52,app,11,
"""
LABELS = """\
prediction_id,true_label,label_timestamp,label_source,days_delayed
O1,1,2025-10-01T00:30:00,bureau,30
O2,1,2025-09-11T01:00:00,bureau,-4
O9,1,2025-09-11T01:00:00,bureau,10
"""
CORRECTION = """\
prediction_id,true_label,label_timestamp,label_source
O2,0,2025-10-05T00:00:00Z,correction
"""
COVERAGE = """
select prediction_count, labelled_count, label_coverage, mature_count, mature_label_coverage, immature_count
from monitoring.label_coverage where model_version = %s
"""
OWN_LABELS = """
insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source)
select 'churn', customer_code, as_of_date, (probability > 0.8)::integer, '2026-02-20', 'test'
from ml.prediction where as_of_date in ('2025-09-01', '2026-01-01') and customer_code in ('C1', 'C2', 'C39', 'C40');
"""


def load_log(warehouse: Warehouse, folder: Path) -> None:
    """Log and labels in one package, the correction in a later one."""
    load_files(
        warehouse,
        folder / "first",
        {"log.csv": ("source.prediction_log", LOG, {}), "labels.csv": ("source.prediction_label", LABELS, {})},
        name="card_log",
        company="acme",
    )
    later = {"labels.csv": ("source.prediction_label", CORRECTION, {})}
    load_files(warehouse, folder / "later", later, name="card_corrections", company="acme")


@pytest.fixture(scope="module")
def logged(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Own scores as of September (mature) and January (not), labels of four customers each, and the outside log."""
    warehouse = embedded_server.create(f"log{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("logged"))
    insert_company(warehouse)
    insert_model(warehouse)
    insert_scores(warehouse, ["2025-09-01", "2026-01-01"])
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(OWN_LABELS)
        connection.commit()
    load_log(warehouse, tmp_path_factory.mktemp("files"))
    build_models(warehouse, with_tests=True, timezone=TIMEZONE, months=MONTHS)
    yield warehouse
    embedded_server.drop(warehouse.database)


def one(warehouse: Warehouse, query: str, *parameters: Any) -> Any:
    """First row of a query, as the analyst sees it."""
    with warehouse.connect(Role.ANALYST) as connection:
        return connection.execute(query, parameters).fetchone()  # type: ignore[arg-type]


def test_c13_accuracy_runs_and_counts_labelled_scores_that_are_due(logged: Warehouse) -> None:
    row = "select accuracy, labelled_count, immature_count from monitoring.model_accuracy_with_labels where "
    # O1 came true; O2 was first called wrong and the correction made it right
    assert one(logged, row + "model_version = 'card-1'") == (1.0, 2, 1)
    # September: C1 and C2 (0.0125, 0.0375) are right at 0.4, C39 and C40 too; January is not due
    assert one(logged, row + "model_version = 'churn-1'") == (1.0, 4, 40)


def test_c14_mature_coverage_is_reported_with_the_documented_one(logged: Warehouse) -> None:
    assert one(logged, COVERAGE, "churn-1") == (80, 8, 0.1, 40, 0.1, 40)
    # O4 is due after three months, of which the labels on record do not speak yet
    assert one(logged, COVERAGE, "card-1") == (4, 2, 0.5, 3, pytest.approx(2 / 3), 1)


def test_c14_an_empty_log_has_no_coverage_and_no_error(warehouse: Warehouse) -> None:
    insert_company(warehouse)
    build_models(warehouse, timezone=TIMEZONE, months=MONTHS)
    assert one(warehouse, COVERAGE, "all") == (0, 0, None, 0, None, 0)


def test_c15_a_label_is_never_empty_and_a_corrected_one_is_a_further_row(logged: Warehouse) -> None:
    with logged.connect(Role.OWNER) as connection:
        for column in ("prediction_id", "true_label"):
            with pytest.raises(psycopg.errors.NotNullViolation), connection.transaction():
                connection.execute(
                    "insert into source.prediction_label"
                    " select * from jsonb_populate_record(null::source.prediction_label,"
                    " (select to_jsonb(label) from source.prediction_label as label limit 1) || %s::jsonb)",
                    [f'{{"{column}": null}}'],
                )
        versions = connection.execute(
            "select true_label from source.prediction_label where prediction_id = 'O2' order by known_at"
        ).fetchall()
    assert versions == [(1,), (0,)]
    assert one(logged, "select true_label, label_source from analytics.label_store where prediction_id = 'O2'") == (
        0,
        "correction",
    )


def test_c15_the_model_role_cannot_rewrite_a_label(logged: Warehouse) -> None:
    for statement in ("update ml.label set label = 1", "delete from ml.label"):
        with logged.connect(Role.MODEL) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_c16_naive_instants_are_utc_and_the_last_day_is_the_same_in_every_zone(logged: Warehouse) -> None:
    naive = one(
        logged, "select created_at = '2025-09-01 00:30+00' from analytics.prediction_logs where prediction_id = 'O1'"
    )
    assert naive == (True,)
    counts = []
    for zone in ("UTC", "Asia/Seoul", "America/New_York"):
        with logged.connect(Role.ANALYST) as connection:
            connection.execute("select set_config('timezone', %s, false)", [zone])
            counts.append(connection.execute("select * from monitoring.prediction_volume_last_24h").fetchone())
    # the own scores were written just now; the outside ones lie far back
    assert counts == [(80,)] * 3


def test_c17_the_delay_is_derived_and_a_stated_one_that_disagrees_is_reported(logged: Warehouse) -> None:
    delay = "select days_delayed from analytics.label_store where prediction_id = %s"
    assert one(logged, delay, "O1") == (30,)
    assert one(logged, delay, "O2") == (33,)
    run_suite(logged, "source.prediction_label")
    with logged.connect() as connection:
        found = connection.execute(
            "select row_key ->> 'prediction_id', reason from monitoring.check_failure"
            " inner join monitoring.check_result using (check_result_id) where relation = 'source.prediction_label'"
        ).fetchall()
    assert found == [("O2", "days_delayed is not the time from score to label")]


def test_c19_a_score_is_erased_with_its_labels_in_order(warehouse: Warehouse, tmp_path: Path) -> None:
    insert_company(warehouse)
    insert_model(warehouse)
    insert_scores(warehouse, ["2025-11-01", "2025-12-01"])
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(OWN_LABELS.replace("'2025-09-01', '2026-01-01'", "'2025-11-01', '2025-12-01'"))
        connection.commit()
    load_log(warehouse, tmp_path)
    with warehouse.connect(Role.MODEL) as connection:
        for erased in ("O2", "production:C1:2025-11-01", "nobody"):
            connection.execute("select ml.erase_prediction(%s)", [erased])
    with warehouse.connect() as connection:
        kept = connection.execute(
            "select (select count(*) from source.prediction_log), (select count(*) from source.prediction_label),"
            " (select count(*) from ml.prediction), (select count(*) from ml.prediction_key),"
            " (select count(*) from ml.label), (select count(*) from ml.label where customer_code = 'C1')"
        ).fetchone()
    assert kept == (3, 1, 79, 79, 7, 1)


def test_c19_a_prediction_id_is_unique_over_all_months(warehouse: Warehouse) -> None:
    make_world(warehouse)
    insert = """
        insert into ml.prediction (prediction_id, model_name, model_version, customer_code, customer_id, as_of_date,
          predicted_at, probability, predicted_label, threshold, features)
        select 'same', 'churn', 'churn-1', customer_code, id, %(at)s::date, %(at)s, 0.5, 1, 0.4, '{}'
        from crm.customer order by id limit 1
    """
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(insert, {"at": "2030-01-01T00:00:00Z"})
        connection.commit()
        with pytest.raises(psycopg.errors.UniqueViolation, match="recorded at another time"):
            connection.execute(insert, {"at": "2030-02-01T00:00:00Z"})
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("delete from crm.customer")
        assert connection.execute("select count(*) from ml.prediction_key").fetchone() == (0,)


def test_an_impossible_score_and_a_label_of_no_score_go_to_quarantine(logged: Warehouse) -> None:
    with logged.connect() as connection:
        found = connection.execute(
            "select target_table, line_number, reason_code from quarantine.rejected_row order by 1, 2"
        ).fetchall()
    assert found == [
        ("source.prediction_label", 4, "unknown_prediction"),
        ("source.prediction_log", 6, "out_of_range"),
    ]
