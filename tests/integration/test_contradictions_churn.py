"""Where the churn documents contradict themselves or do not run: each entry's resolution, one test named for each.

Entries about the trigger (C01, C07, C08, C09) are in `test_risk_trigger`, about partitions (C02, C03, C04) in
`test_partitions`.
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.integration.test_risk_trigger import make_world
from warehouse.connection import Role, Warehouse


def test_c05_a_day_of_risk_trends_is_the_businesss_not_the_sessions(risk_world: Warehouse) -> None:
    seen = []
    for zone in ("Asia/Seoul", "UTC", "America/New_York"):
        with risk_world.connect(Role.ANALYST) as connection:
            connection.execute("select set_config('timezone', %s, false)", [zone])
            seen.append(connection.execute("select * from analytics.risk_trends order by date").fetchall())
    assert seen[0] == seen[1] == seen[2]
    # scored as of midnight in Seoul, which is the day before in UTC
    assert [str(row[0]) for row in seen[0]] == ["2025-11-01", "2025-12-01", "2026-01-01"]


def test_c06_high_risk_customers_is_of_the_latest_scores_and_can_be_refreshed_beside_its_readers(
    risk_world: Warehouse,
) -> None:
    with risk_world.connect() as connection:
        expected = connection.execute(
            "select customer_id, probability from (select distinct on (customer_id) customer_id, probability "
            "from ml.prediction where model_stage = 'production' order by customer_id, predicted_at desc, id desc) as l"
            " where probability >= 0.7 order by 1"
        ).fetchall()
        found = connection.execute("select id, risk_score from analytics.high_risk_customers order by 1").fetchall()
    assert found == expected
    assert found
    with risk_world.connect(Role.TRANSFORMER, autocommit=True) as connection:
        connection.execute("refresh materialized view concurrently analytics.high_risk_customers")


def test_c10_one_active_version_per_model_and_no_score_of_an_unknown_version(warehouse: Warehouse) -> None:
    make_world(warehouse)
    another = """
        insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash,
          code_version, metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256, is_active)
        select %s, %s, target_name, model_type, training_date, data_hash, code_version, metrics, parameters, threshold,
          feature_names, artifact_path, artifact_sha256, true
        from ml.model_version where version = 'churn-1'
    """
    with warehouse.connect(Role.MODEL) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(another, ("churn", "churn-2"))
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(another, ("payment_default", "default-1"))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(
                "insert into ml.prediction (prediction_id, model_name, model_version, customer_code, customer_id, "
                "as_of_date, predicted_at, probability, predicted_label, threshold, features) "
                "values ('x', 'churn', 'never trained', 'C1', 1, '2024-01-01', '2024-01-01', 0.1, 0, 0.5, '{}')"
            )


def test_two_production_versions_at_one_instant_are_refused(warehouse: Warehouse) -> None:
    make_world(warehouse)
    deploy = (
        "insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason) "
        "values ('churn', 'churn-1', %s, tstzrange(%s, %s), 'test', 'test')"
    )
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(deploy, ("production", "2024-01-01", "2024-02-01"))
        connection.execute(deploy, ("production", "2024-02-01", None))
        connection.execute(deploy, ("shadow", "2024-01-01", None))
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(deploy, ("production", "2024-06-01", None))


def test_c11_documented_unique_indexes_exist_once(warehouse: Warehouse) -> None:
    query = """
        select array_agg(c.relname::text order by c.relname)
        from pg_index as i join pg_class as c on c.oid = i.indexrelid
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = %s::regclass and i.indnkeyatts = 1 and a.attname = %s and i.indisunique
    """
    with warehouse.connect() as connection:
        assert connection.execute(query, ("crm.customer", "email")).fetchone() == (["idx_customer_email"],)
        assert connection.execute(query, ("ml.model_version", "version")).fetchone() == (["idx_model_version_version"],)


def test_c12_metrics_and_importance_hang_on_their_version_as_the_ddl_says(warehouse: Warehouse) -> None:
    query = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'f'"
    expected = "FOREIGN KEY (model_version_id) REFERENCES ml.model_version(id) ON DELETE CASCADE"
    with warehouse.connect() as connection:
        for table in ("ml.model_metrics", "ml.feature_importance"):
            assert (expected,) in connection.execute(query, [table]).fetchall()


def test_every_entry_of_the_system_has_its_test() -> None:
    names = re.findall(
        r"def test_c(\d\d)_",
        "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")),
    )
    assert {int(name) for name in names} >= set(range(1, 13))
