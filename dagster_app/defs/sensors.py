"""What starts by itself: a package in the inbox, matured labels, retraining of a model, the alert for a failed run."""

import json

import dagster as dg

from dagster_app.defs.automation import classify_messages, load_files, retrain_model, train_and_score
from dagster_app.lib.risk.targets import asked_targets
from dagster_app.lib.runs.failures import raise_run_failure, reasons
from dagster_app.lib.runs.requests import (
    ask_each,
    corrected_request,
    inbox_request,
    matured_request,
    retraining_request,
)
from warehouse.connection import Role
from warehouse.database.opening import open_warehouse
from warehouse.settings import load_settings


@dg.sensor(job=load_files, minimum_interval_seconds=30)
def package_arrived(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Load each package that appears in the inbox once, also when a load died half way."""
    from dagster_app.lib.runs.inbox import is_loaded, settled_packages

    seen: set[str] = set(json.loads(context.cursor or "[]"))
    packages = [item for item in settled_packages(load_settings().inbox_dir) if item.fingerprint not in seen]
    if not packages:
        return dg.SensorResult(skip_reason="no new package in the inbox")
    with open_warehouse(load_settings()) as warehouse, warehouse.connect(Role.LOADER) as connection:
        loaded = {item.fingerprint for item in packages if is_loaded(connection, item)}
    answers = [inbox_request(context.instance, item) for item in packages if item.fingerprint not in loaded]
    requests = [answer for answer in answers if isinstance(answer, dg.RunRequest)]
    reasons = "; ".join(answer for answer in answers if isinstance(answer, str)) or "every package is loaded"
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else reasons,
        cursor=json.dumps(sorted(seen | loaded)),
    )


@dg.sensor(jobs=[train_and_score, retrain_model], minimum_interval_seconds=3600)
def labels_matured(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Train when labels have matured that no version has learned from: the first model, or a challenger."""
    with open_warehouse(load_settings()) as warehouse, warehouse.connect(Role.MODEL) as connection:
        targets = asked_targets(connection)
        return ask_each(
            [target.name for target in targets],
            context.cursor,
            lambda name, cursor, remember: matured_request(connection, name, cursor, remember),
        )


@dg.sensor(job=retrain_model, minimum_interval_seconds=600)
def retraining_due(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Train, compare and watch when a trigger waits or labels and scores have come for what is under way."""
    with open_warehouse(load_settings()) as warehouse, warehouse.connect(Role.MODEL) as connection:
        targets = asked_targets(connection)
        return ask_each(
            [target.model_name for target in targets],
            context.cursor,
            lambda name, cursor, remember: retraining_request(connection, name, cursor, remember),
        )


@dg.sensor(job=classify_messages, minimum_interval_seconds=600)
def reviews_received(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Train the message classifier again when people have corrected enough of its classifications."""
    with open_warehouse(load_settings()) as warehouse, warehouse.connect(Role.MODEL) as connection:
        return corrected_request(connection, context.cursor, context.update_cursor)


@dg.run_failure_sensor(minimum_interval_seconds=30)
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """Put one alert into the outbox for each failed run."""
    run = context.dagster_run
    why = "\n".join(reasons(context.get_step_failure_events())) or context.failure_event.message or ""
    with open_warehouse(load_settings()) as warehouse, warehouse.connect(Role.MODEL) as connection:
        raise_run_failure(connection, run.run_id, run.job_name, why)


SENSORS = [package_arrived, labels_matured, retraining_due, reviews_received, run_failed]
