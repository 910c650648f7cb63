"""Maintenance runs where a transaction would forbid it, and no version that ever served loses its bundle."""

from __future__ import annotations

import psycopg
import pytest

from dagster_app.lib.runs.stage_run import StageRunner
from tests.integration.test_model_switch import BECAUSE, INSERT
from warehouse import registry
from warehouse.connection import Role, Warehouse


def test_the_job_vacuums_and_keeps_every_bundle_that_ever_served(warehouse: Warehouse) -> None:
    models = warehouse.folders.models / "churn"
    names = ("served", "serves", "shadow", "refused", "young", "unknown")
    for name in names:
        (models / name).mkdir(parents=True)
    with warehouse.connect(Role.MODEL) as connection:
        for name in names[:-1]:
            connection.execute(INSERT, ["churn", name])
        connection.execute(
            "update ml.model_version set created_at = now() - interval '1 year' where version <> 'young'"
        )
        for name in ("served", "serves"):
            registry.promote(connection, name, BECAUSE)
        registry.enter_shadow(connection, "churn", "shadow", BECAUSE)
        for name in ("refused", "young"):
            registry.archive(connection, "churn", name, BECAUSE)
    with StageRunner(warehouse.settings, warehouse) as stages:
        stages.run("maintain_database")
    assert {path.name for path in models.iterdir()} == {"served", "serves", "shadow", "young", "unknown"}
    with warehouse.connect(Role.MODEL) as connection:
        assert len(registry.versions(connection, "churn")) == 5, "the registry forgets nothing"
        row = connection.execute(
            "select last_vacuum is not null from pg_stat_user_tables where schemaname = 'ml' and relname = 'alert'"
        ).fetchone()
    assert row == (True,)


def test_c20_vacuum_is_refused_inside_a_transaction(warehouse: Warehouse) -> None:
    """Why maintenance is no dbt hook."""
    with pytest.raises(psycopg.errors.ActiveSqlTransaction), warehouse.connect() as connection:
        connection.execute("vacuum")


def test_c21_the_server_is_one_that_is_still_maintained(any_warehouse: Warehouse) -> None:
    """The documents name a version past its end of life."""
    with any_warehouse.connect() as connection:
        assert connection.info.server_version >= 150000
