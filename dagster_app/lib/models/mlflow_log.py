"""Log a training to MLflow where it is installed and a tracking address is set; elsewhere do nothing."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.database.address import hide_passwords
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from ml.risk.training import TrainingResult


def log_training(result: TrainingResult, version: str) -> str | None:
    """Log parameters, pooled metrics and the bundle's files; return MLflow's run id, or None if not configured.

    Raises
    ------
    RuntimeError
        If a tracking address is set but mlflow is not installed, or does not take the training.
    """
    uri = load_settings().mlflow_tracking_uri
    if uri is None:
        return None
    if importlib.util.find_spec("mlflow") is None:
        raise RuntimeError("BELLWETHER_MLFLOW_TRACKING_URI is set but mlflow is missing: install bellwether[mlflow]")
    try:
        return _log(uri, result, version)
    except Exception as error:  # mlflow's messages quote the tracking address with its password
        failure = f"{type(error).__name__}: {hide_passwords(str(error))}"
    raise RuntimeError(f"the training could not be logged to BELLWETHER_MLFLOW_TRACKING_URI: {failure}")


def _log(uri: str, result: TrainingResult, version: str) -> str:
    import mlflow

    manifest = result.bundle.manifest
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(manifest["model_name"])
    with mlflow.start_run(run_name=version) as run, tempfile.TemporaryDirectory() as folder:
        mlflow.log_params(manifest["parameters"])
        for subject, values in manifest["metrics"].items():
            mlflow.log_metrics({f"{subject}.{name}": value for name, value in values.items() if value is not None})
        for name, content in result.bundle.files.items():
            (Path(folder) / name).write_bytes(content)
        mlflow.log_artifacts(folder, "bundle")
        return str(run.info.run_id)
