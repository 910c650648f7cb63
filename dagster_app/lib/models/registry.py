"""A trained version enters the registry: one transaction for the version, its stage, metrics and importance.

What a better model is belongs to `promotion`, switching versions to `warehouse.registry`, bundles to the model store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ml.promotion.registration import RegistrationDecision
from warehouse.frames import copy_frame
from warehouse.registry import Decider, archive, enter_shadow, promote

if TYPE_CHECKING:
    from ml.risk.training import TrainingResult


@dataclass(frozen=True)
class ActiveModel:
    """The version that scores, as the registry has it."""

    model_name: str
    version: str
    artifact_sha256: str
    training_date: Any


def active_model(connection: Connection[Any], model_name: str) -> ActiveModel | None:
    """Return the active version of a model, or None if nothing has been promoted yet."""
    return _version_where(connection, "model_name = %s and is_active", model_name)


def registered_model(connection: Connection[Any], version: str) -> ActiveModel:
    """Return a version that need not be active.

    Raises
    ------
    RuntimeError
        The registry does not know it.
    """
    found = _version_where(connection, "version = %s", version)
    if found is None:
        raise RuntimeError(f"version {version!r} is not in the registry: `bellwether models list` shows what is")
    return found


def _version_where(connection: Connection[Any], condition: LiteralString, value: str) -> ActiveModel | None:
    query = "select model_name, version, artifact_sha256, training_date from ml.model_version where "
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query + condition, [value]).fetchone()
    return None if row is None else ActiveModel(**row)


def is_registered(connection: Connection[Any], version: str) -> bool:
    """Whether a version exists in the registry."""
    return connection.execute("select 1 from ml.model_version where version = %s", [version]).fetchone() is not None


def register(
    connection: Connection[Any],
    result: TrainingResult,
    version: str,
    artifact_path: str,
    decision: RegistrationDecision,
    mlflow_run_id: str | None,
) -> None:
    """Write a version with its metrics and importance, and switch to it if it was promoted, all or nothing."""
    manifest = result.bundle.manifest
    with connection.transaction():
        version_id = _insert_version(connection, result, version, artifact_path, mlflow_run_id)
        for frame, table in ((result.metrics, "model_metrics"), (result.importance, "feature_importance")):
            rows = frame.copy()
            rows.insert(0, "model_version_id", version_id)
            copy_frame(connection, rows, f"ml.{table}")
        decider = Decider("promotion rule", decision.reason, decision.evidence)
        if decision.is_promoted:
            promote(connection, version, decider)
        elif decision.is_challenger:
            enter_shadow(connection, manifest["model_name"], version, decider)
        else:
            archive(connection, manifest["model_name"], version, decider)


def _insert_version(
    connection: Connection[Any],
    result: TrainingResult,
    version: str,
    artifact_path: str,
    mlflow_run_id: str | None,
) -> int:
    manifest = result.bundle.manifest
    row = connection.execute(
        "insert into ml.model_version (model_name, version, target_name, model_type, training_date,"
        " training_window_start, training_window_end, data_hash, code_version, metrics, parameters, threshold,"
        " feature_names, artifact_path, artifact_sha256, mlflow_run_id)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
        [
            manifest["model_name"],
            version,
            manifest["target"]["name"],
            manifest["model_type"],
            manifest["trained_at"],
            manifest["training_window"]["start"],
            manifest["training_window"]["end"],
            manifest["data_hash"],
            manifest["code_version"],
            Jsonb(manifest["metrics"]),
            Jsonb(manifest["parameters"]),
            manifest["threshold"],
            result.bundle.features.names,
            artifact_path,
            result.bundle.sha256,
            mlflow_run_id,
        ],
    ).fetchone()
    if row is None:
        raise RuntimeError(f"the registry returned no id for version {version}")
    return int(row[0])
