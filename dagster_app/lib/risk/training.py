"""One training from rows to registry: read, train unless the same was trained before, save, register.

The steps belong to `ml`, the queries to `model_inputs`, the rows written to `model_registry`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dagster as dg

from dagster_app.lib.dbt.manifest import tree_fingerprint
from dagster_app.lib.dbt.vars import business_timezone, loaded_company
from dagster_app.lib.models.cards import write_card
from dagster_app.lib.models.mlflow_log import log_training
from dagster_app.lib.models.registry import is_registered, register
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.promotion.backtest_rule import decide_registration
from dagster_app.lib.risk import inputs as model_inputs
from dagster_app.lib.runs import progress
from ml.promotion.registration import RegistrationDecision
from warehouse.connection import Role, Warehouse
from warehouse.settings import project_root

if TYPE_CHECKING:
    import pandas as pd

    from ml.risk.training import TrainingResult

SEED = 20_260_101
"""Fixed: the same rows and code give the same model."""


NO_VERSION = "none"
"""Stands for the version where there was too little to learn from."""


@dataclass(frozen=True)
class Trained:
    """What a training left in the registry; `result` is None if none was trained, which `words` explains."""

    model_name: str
    version: str
    result: TrainingResult | None
    words: str

    def metadata(self) -> dict[str, Any]:
        """Return what the asset graph shows about it."""
        facts: dict[str, Any] = {"version": self.version, "decision": self.words}
        if self.result is not None:
            measured = self.result.bundle.manifest["metrics"]
            facts["quality"] = dg.MetadataValue.md(_quality_table(measured))
            facts["importance"] = dg.MetadataValue.md(self.result.importance.head(15).to_markdown(index=False))
            facts["training_rows"] = self.result.bundle.manifest["training_window"]["row_count"]
        return facts


@lru_cache(maxsize=1)
def code_version() -> str:
    """Fingerprint of the code that trains and scores, 12 hexadecimal digits."""
    return tree_fingerprint(project_root() / "ml", {".py"})[:12]


def train_target(warehouse: Warehouse, store: BundleStore, target_name: str) -> Trained:
    """Train a target's model on every label known by now; the same data and code make no second version.

    Without labels, or with too few for an honest model, the registry stays as it is and the result says why.
    """
    return _train(warehouse, store, target_name, None, decide_registration)


def train_challenger(
    warehouse: Warehouse,
    store: BundleStore,
    target_name: str,
    known_until: datetime | None,
    why: str,
    since: date | None = None,
) -> Trained:
    """Train a version that challenges from the shadow.

    Parameters
    ----------
    known_until : datetime, optional
        Learn only from labels known by then, so that later ones can judge it; none: from every label.
    why : str
        What asked for it, for the history.
    since : date, optional
        Learn only from as-of dates from then on: what held before a change is no teacher of what holds after it.
    """

    def stay_in_the_shadow(_connection: Any, _model_name: str, _metrics: pd.DataFrame) -> RegistrationDecision:
        return RegistrationDecision(False, why, {}, is_challenger=True)

    return _train(warehouse, store, target_name, known_until, stay_in_the_shadow, since)


def _train(
    warehouse: Warehouse,
    store: BundleStore,
    target_name: str,
    known_until: datetime | None,
    decision_on: Callable[[Any, str, pd.DataFrame], RegistrationDecision],
    since: date | None = None,
) -> Trained:
    from ml.risk.pipeline import TrainingDataError
    from ml.risk.training import train

    timezone = business_timezone(warehouse)
    with warehouse.connect(Role.MODEL) as connection:
        progress.report("training", 0, 3, "reading rows")
        target = model_inputs.read_target(connection, target_name)
        features, expressions = model_inputs.read_features(connection)
        trained_at = known_until or model_inputs.training_cut_off(connection, target_name, timezone)
        rows = model_inputs.read_training_rows(connection, target_name, expressions, trained_at, since)
        version = version_name(
            target.model_name, trained_at.strftime("%Y%m"), rows, [features.to_records(), target.to_dict()]
        )
        if is_registered(connection, version):
            return Trained(target.model_name, version, None, "unchanged: this version already exists")
        progress.report("training", 1, 3, f"{len(rows):,} rows, {len(features)} features")
        try:
            result = train(rows, features, target, trained_at=trained_at, seed=SEED, code_version=code_version())
        except TrainingDataError as error:
            progress.report("training", 3, 3, "no model: too few labels")
            return Trained(target.model_name, NO_VERSION, None, str(error))
        store.save(result.bundle, target.model_name, version)
        labels = model_inputs.read_labels(connection)
        is_simulated = loaded_company(warehouse)[1]
        write_card(store, result, target.model_name, version, labels, is_simulated=is_simulated)
        progress.report("training", 2, 3, "writing the registry")
        decision = decision_on(connection, target.model_name, result.metrics)
        path = warehouse.folders.relative_bundle(target.model_name, version)
        register(connection, result, version, path, decision, log_training(result, version))
    progress.report("training", 3, 3, version)
    return Trained(target.model_name, version, result, decision.reason)


def version_name(model_name: str, month: str, rows: pd.DataFrame, definition: list[Any]) -> str:
    """Name a version after what determines it: month, training rows, definition, code."""
    from ml.data_hash import data_hash

    digest = hashlib.sha256(data_hash(rows).encode())
    digest.update(json.dumps([definition, code_version(), SEED], sort_keys=True, default=str).encode())
    return f"{model_name[:30]}-{month}-{digest.hexdigest()[:10]}"


def _quality_table(measured: dict[str, dict[str, float | None]]) -> str:
    names = sorted({name for row in measured.values() for name in row})
    lines = ["| subject | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for subject, row in measured.items():
        cells = ["" if row.get(name) is None else f"{row[name]:.4f}" for name in names]
        lines.append(f"| {subject} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
