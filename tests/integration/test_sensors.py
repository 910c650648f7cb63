"""A package in the inbox is loaded once, also after a crash; matured labels start a training once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_app.defs.sensors import package_arrived, run_failed
from dagster_app.lib.runs.failures import raise_run_failure
from dagster_app.lib.runs.inbox import settled_packages
from dagster_app.lib.runs.requests import (
    INBOX_TAG,
    MAXIMUM_ATTEMPTS,
    matured_request,
    retraining_request,
)
from dagster_app.lib.runs.stage_run import StageRunner
from warehouse import retraining
from warehouse.connection import Role, Warehouse
from warehouse.retraining import RetrainingTrigger

PACKAGE = """
name: tiny
company: tiny
title: A company of two
is_simulated: true
business_timezone: UTC
currency: USD
as_of_dates: [2025-01-01]
files:
- path: customers.csv
  target: crm.customer
  known_at: {constant: "2024-06-01T00:00:00Z"}
"""
CUSTOMERS = "customer_code,name,email\nC1,Ann,ann@example.org\nC2,Bo,bo@example.org\n"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def put_package(warehouse: Warehouse, age_seconds: float = 60) -> Path:
    folder = warehouse.settings.inbox_dir / "tiny"
    folder.mkdir(parents=True)
    for name, text in (("package.yml", PACKAGE), ("customers.csv", CUSTOMERS)):
        (folder / name).write_text(text)
        os.utime(folder / name, (time.time() - age_seconds,) * 2)
    return folder


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    result = package_arrived(context)
    assert isinstance(result, dg.SensorResult)
    return result


def add_run(instance: dg.DagsterInstance, request: dg.RunRequest, status: dg.DagsterRunStatus) -> None:
    instance.add_run(
        dg.DagsterRun(job_name="load_files", run_id=dg._core.utils.make_new_run_id(), status=status, tags=request.tags)
    )


def test_an_empty_inbox_asks_for_nothing(warehouse: Warehouse, instance: dg.DagsterInstance) -> None:
    assert not tick(instance).run_requests


def test_a_package_still_being_copied_is_left_alone(warehouse: Warehouse, instance: dg.DagsterInstance) -> None:
    put_package(warehouse, age_seconds=0)
    assert not tick(instance).run_requests


def test_a_new_package_is_asked_for_with_one_key_however_often_the_sensor_ticks(
    warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    folder = put_package(warehouse)
    first, second = tick(instance), tick(instance)
    assert first.run_requests
    assert second.run_requests
    assert first.run_requests[0].run_key == second.run_requests[0].run_key
    assert first.run_requests[0].run_config["ops"]["raw_tables"]["config"]["package"] == str(folder)


def test_while_a_load_runs_nothing_more_is_asked_for(warehouse: Warehouse, instance: dg.DagsterInstance) -> None:
    put_package(warehouse)
    request = tick(instance).run_requests[0]  # type: ignore[index]
    add_run(instance, request, dg.DagsterRunStatus.STARTED)
    result = tick(instance)
    assert not result.run_requests
    assert "being loaded" in str(result.skip_reason)


def test_a_load_that_died_is_asked_for_again_but_not_for_ever(
    warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    put_package(warehouse)
    keys = []
    for _ in range(MAXIMUM_ATTEMPTS):
        request = tick(instance).run_requests[0]  # type: ignore[index]
        keys.append(request.run_key)
        add_run(instance, request, dg.DagsterRunStatus.FAILURE)
    assert len(set(keys)) == MAXIMUM_ATTEMPTS
    assert not tick(instance).run_requests


def test_what_is_loaded_is_never_asked_for_again_even_with_the_cursor_lost(
    warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    put_package(warehouse)
    request = tick(instance).run_requests[0]  # type: ignore[index]
    with StageRunner(warehouse.settings, warehouse) as stages:
        stages.run("load_files", config={"raw_tables": request.run_config["ops"]["raw_tables"]["config"]})
    result = tick(instance)
    assert not result.run_requests
    assert json.loads(str(result.cursor)) == [request.tags[INBOX_TAG]]
    assert not tick(instance, result.cursor).run_requests
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from crm.customer").fetchone() == (2,)


def test_any_change_makes_a_package_new(warehouse: Warehouse) -> None:
    folder = put_package(warehouse)
    before = settled_packages(warehouse.settings.inbox_dir)[0].fingerprint
    (folder / "customers.csv").write_text(CUSTOMERS + "C3,Cy,cy@example.org\n")
    later = time.time() + 3600
    assert settled_packages(warehouse.settings.inbox_dir, now=later)[0].fingerprint != before


def test_matured_labels_start_one_training_over_the_months_out_of_time(risk_world: Warehouse) -> None:
    remembered: list[str] = []
    with risk_world.connect(Role.MODEL) as connection:
        connection.execute("update ml.model_version set training_date = '2020-01-01', is_active = false")
        first = matured_request(connection, "churn", None, remembered.append)
        assert isinstance(first, dg.RunRequest)
        again = matured_request(connection, "churn", remembered[0], remembered.append)
        assert isinstance(again, dg.SkipReason)
        connection.execute("update ml.model_version set is_active = true")
        beside = [matured_request(connection, "churn", None, remembered.append) for _ in range(2)]
        asked = retraining.attempts(connection, "churn", "asked")
        connection.execute("update ml.model_version set training_date = '2100-01-01'")
        assert isinstance(matured_request(connection, "churn", None, remembered.append), dg.SkipReason)
        connection.rollback()
    assert first.job_name == "train_and_score", "without a champion the first model is trained"
    assert {request.job_name for request in beside if isinstance(request, dg.RunRequest)} == {"retrain_model"}
    assert [one.trigger_kind for one in asked] == ["labels"], "asked for twice, recorded once"
    assert first.tags["dagster/asset_partition_range_start"] <= first.tags["dagster/asset_partition_range_end"]


def test_retraining_is_requested_once_per_state(warehouse: Warehouse) -> None:
    remembered: list[str] = []
    with warehouse.connect(Role.MODEL) as connection:
        assert isinstance(retraining_request(connection, "churn", None, remembered.append), dg.SkipReason)
        retraining.request_retraining(
            connection, RetrainingTrigger("churn", "drift", "2025-07", {"drifted_features": 9})
        )
        first = retraining_request(connection, "churn", None, remembered.append)
        lost = retraining_request(connection, "churn", None, remembered.append)
        assert isinstance(retraining_request(connection, "churn", remembered[0], remembered.append), dg.SkipReason)
        retraining.count_attempt(connection, retraining.attempts(connection, "churn", "asked")[0])
        after_a_crash = retraining_request(connection, "churn", remembered[0], remembered.append)
        retraining.set_failed(connection, retraining.attempts(connection, "churn")[0], "given up")
        assert isinstance(retraining_request(connection, "churn", remembered[0], remembered.append), dg.SkipReason)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(lost, dg.RunRequest)
    assert isinstance(after_a_crash, dg.RunRequest)
    assert first.run_key == lost.run_key != after_a_crash.run_key


def test_a_failed_run_raises_one_alert_and_the_same_failure_one_a_day(warehouse: Warehouse) -> None:
    assert run_failed.name == "run_failed"
    first, second = dg._core.utils.make_new_run_id(), dg._core.utils.make_new_run_id()
    with warehouse.connect(Role.MODEL) as connection:
        for run_id in (first, first, second):
            raise_run_failure(connection, run_id, "publish_pages", "disk full")
        raise_run_failure(connection, second, "publish_pages", "another reason")
        found = connection.execute("select alert_type, severity, message from ml.alert order by id").fetchall()
        assert found == [
            ("RUN_FAILED", "error", f"run {first[:8]} of job publish_pages failed: disk full"),
            ("RUN_FAILED", "error", f"run {second[:8]} of job publish_pages failed: another reason"),
        ]
        connection.execute("update ml.alert set created_at = created_at - interval '2 days'")
        raise_run_failure(connection, dg._core.utils.make_new_run_id(), "publish_pages", "disk full")
        assert connection.execute("select count(*) from ml.alert").fetchone() == (3,)
