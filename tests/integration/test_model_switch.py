"""Promotion and rollback: one version in production at any instant, every switch kept with its reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from typer.testing import CliRunner

from cli import app
from warehouse import registry
from warehouse.connection import Role, Warehouse
from warehouse.errors import BellwetherError
from warehouse.registry import Decider

BECAUSE = Decider("test", "because", {"auc": 0.8})
INSERT = """
insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash, code_version,
  metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256)
values (%s, %s, 'churn', 'lightgbm', now(), repeat('a', 64), 'test', '{}', '{}', 0.4, '{}', 'p', repeat('b', 64))
"""
METRICS = """
insert into ml.model_metrics (model_version_id, evaluation_date, evaluation_kind, row_count, positive_count, threshold,
  accuracy, precision, recall, f1_score, auc_roc, confusion_matrix)
select id, now(), 'holdout', 100, 10, 0.4, 0.9, 0.5, 0.5, 0.5, %s, '{}' from ml.model_version where version = %s
"""


@pytest.fixture
def versions(warehouse: Warehouse) -> Warehouse:
    """Three versions of a model that nobody has promoted, and one of another model."""
    with warehouse.connect(Role.MODEL) as connection:
        for name in ("a", "b", "c"):
            connection.execute(INSERT, ["churn", name])
        connection.execute(INSERT, ["other", "x"])
    return warehouse


def promote(warehouse: Warehouse, version: str) -> str | None:
    with warehouse.connect(Role.MODEL) as connection:
        return registry.promote(connection, version, BECAUSE)


def roll_back(warehouse: Warehouse) -> tuple[str, str]:
    with warehouse.connect(Role.MODEL) as connection:
        return registry.roll_back(connection, "churn", BECAUSE)


def active(warehouse: Warehouse) -> list[str]:
    with warehouse.connect(Role.MODEL) as connection:
        serving = connection.execute(
            "select version from ml.model_deployment where stage = 'production' and valid_during @> now() order by 1"
        ).fetchall()
        flagged = connection.execute("select version from ml.model_version where is_active order by 1").fetchall()
    assert serving == flagged
    return [row[0] for row in serving]


def test_promotion_replaces_production_and_stores_the_reason(versions: Warehouse) -> None:
    assert promote(versions, "a") is None
    assert promote(versions, "b") == "a"
    promote(versions, "x")
    assert active(versions) == ["b", "x"]
    with versions.connect(Role.MODEL) as connection:
        stages = registry.stage_history(connection, "churn")
    assert [(one.version, one.stage, one.valid_to is None) for one in stages] == [
        ("a", "production", False),
        ("b", "production", True),
        ("a", "archived", True),
    ]
    assert stages[0].valid_to == stages[1].valid_from == stages[2].valid_from
    assert {(one.decided_by, one.reason, one.evidence["auc"]) for one in stages} == {("test", "because", 0.8)}


def test_rolling_back_goes_to_what_served_before_and_never_forward(versions: Warehouse) -> None:
    for version in ("a", "b", "c"):
        promote(versions, version)
    assert roll_back(versions) == ("b", "c")
    assert roll_back(versions) == ("a", "b")
    with pytest.raises(BellwetherError, match="first production version"):
        roll_back(versions)
    assert active(versions) == ["a"]


def test_impossible_switch_is_reported(versions: Warehouse) -> None:
    with pytest.raises(BellwetherError, match="No version of 'churn' is in production"):
        roll_back(versions)
    promote(versions, "a")
    with pytest.raises(BellwetherError, match="in production already"):
        promote(versions, "a")
    with pytest.raises(BellwetherError, match="no version 'nothing'"):
        promote(versions, "nothing")
    assert active(versions) == ["a"]


def test_promotions_at_once_take_turns(versions: Warehouse) -> None:
    promote(versions, "a")
    with ThreadPoolExecutor(2) as both:
        replaced = sorted(both.map(lambda version: str(promote(versions, version)), ["b", "c"]))
    assert replaced in (["a", "b"], ["a", "c"])
    assert len(active(versions)) == 1


def test_a_promotion_killed_in_the_middle_leaves_the_old_version_serving(versions: Warehouse) -> None:
    promote(versions, "a")
    connection = versions.connect(Role.MODEL)
    try:
        connection.execute("select 1")  # the promotion becomes a part of this transaction
        registry.promote(connection, "b", BECAUSE)
        with versions.connect() as other:
            other.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    finally:
        connection.close()
    assert active(versions) == ["a"]


def test_the_database_refuses_a_second_version_in_production(versions: Warehouse) -> None:
    promote(versions, "a")
    with pytest.raises(psycopg.errors.ExclusionViolation), versions.connect(Role.MODEL) as connection:
        connection.execute(
            "insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason)"
            " values ('churn', 'b', 'production', tstzrange(now() + interval '1 day', null), 'x', 'x')"
        )


def test_models_commands_list_compare_switch_and_show_history(versions: Warehouse) -> None:
    def bellwether(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["models", *arguments], env={"COLUMNS": "250"})
        assert done.exit_code == 0, done.output
        return done.output

    with versions.connect(Role.MODEL) as connection:
        connection.execute(METRICS, [0.81, "a"])
        connection.execute(METRICS, [0.79, "b"])
    assert "a is in production." in bellwether("promote", "a", "--reason", "first")
    assert "it replaces a." in bellwether("promote", "b", "--because", "newer data")
    listed = bellwether("list", "churn")
    assert "0.8100" in listed
    assert "production" in listed
    assert "0.8100 / 0.7900" in bellwether("compare", "a", "b")
    assert "a is in production again; b is archived." in bellwether("rollback", "--reason", "it was worse")
    history = bellwether("history", "churn")
    for reason in ("first", "newer data", "it was worse", "person:"):
        assert reason in history
    assert "newer data" in bellwether("show", "b")
    assert "No common evaluation" in bellwether("compare", "a", "c")
