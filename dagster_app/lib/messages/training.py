"""One training of the message classifier from labels to registry, and classifying what is new with the active one.

The steps belong to `ml.messages`, the queries to `message_inputs`, the rows written to the stores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from dagster_app.lib.dbt.vars import loaded_company
from dagster_app.lib.messages import inputs as message_inputs
from dagster_app.lib.messages.classifications import Classifier, write_classified
from dagster_app.lib.models.registry import active_model, is_registered
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.risk.training import SEED, Trained, code_version, version_name
from dagster_app.lib.runs import progress
from ml.promotion.registration import RegistrationDecision, first_version, not_less_accurate
from warehouse.connection import Role, Warehouse
from warehouse.database.planner_statistics import gather_statistics
from warehouse.registry import Decider, archive, promote

if TYPE_CHECKING:
    from ml.messages.training import MessageTraining

MODEL = "voc"
CHUNK_ROWS = 10_000
WRITTEN = ("ml.message_classification", "ml.message_category")

INSERT_VERSION = """
insert into ml.model_version (
  model_name, version, target_name, model_type, training_date, training_window_start, training_window_end, data_hash,
  code_version, metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256
)
values (
  %(model_name)s, %(version)s, %(model_name)s, %(model_type)s, %(trained_at)s, %(start)s, %(end)s, %(data_hash)s,
  %(code_version)s, %(metrics)s, %(parameters)s, least(%(threshold)s, 1), '{}', %(path)s, %(sha256)s
)
"""


def train_messages(warehouse: Warehouse, store: BundleStore) -> Trained:
    """Train on every label known by now; without labels, or with too few, the model stays as it is and says so."""
    from ml.messages.training import train_classifier, usable_rows
    from ml.risk.pipeline import TrainingDataError

    with warehouse.connect(Role.MODEL) as connection:
        trained_at = message_inputs.training_cut_off(connection)
        if trained_at is None:
            return Trained(MODEL, "none", None, "no message labels")
        labels, taxonomy = message_inputs.read_labels(connection), message_inputs.read_taxonomy(connection)
        try:
            usable = usable_rows(labels, taxonomy, trained_at)
        except TrainingDataError as error:
            return Trained(MODEL, "none", None, str(error))
        learned = usable[["message_id", "text", "voc_id"]]
        version = version_name(MODEL, trained_at.strftime("%Y%m"), learned, [taxonomy.paths, MODEL])
        if is_registered(connection, version):
            return Trained(MODEL, version, None, "unchanged: this version already exists")
        progress.report("categories", 0, 1, f"{len(usable):,} labelled messages")
        dictionary = message_inputs.read_dictionary(connection)
        result = train_classifier(
            labels, taxonomy, dictionary=dictionary, trained_at=trained_at, seed=SEED, code_version=code_version()
        )
        store.save_messages(result.bundle, MODEL, version)
        _write_card(store, result, version, taxonomy.names, is_simulated=loaded_company(warehouse)[1])
        decision = _decide(connection, result.metrics)
        _register(connection, result, version, warehouse.folders.relative_bundle(MODEL, version), decision)
    progress.report("categories", 1, 1, version)
    return Trained(MODEL, version, None, decision.reason)


def classify_messages(warehouse: Warehouse, store: BundleStore, run_id: str) -> dict[str, Any]:
    """Classify what the active version has not read yet; returns what the asset graph shows about it."""
    from ml.messages.classification import classify

    with warehouse.connect(Role.MODEL) as connection:
        active = active_model(connection, MODEL)
    if active is None:
        return {"classified": 0, "decision": "no version of the message classifier is active"}
    bundle = store.load_messages(active.model_name, active.version, active.artifact_sha256)
    by = Classifier(MODEL, active.version, run_id)
    written = unknown = 0
    with warehouse.connect(Role.MODEL) as reading, warehouse.connect(Role.MODEL) as writing:
        for chunk in message_inputs.iter_unclassified(reading, active.version, CHUNK_ROWS):
            classified = classify(bundle, chunk)
            written += write_classified(writing, chunk, classified, by)
            unknown += int(classified.messages["is_unknown"].sum())
            writing.commit()
            progress.report("messages", written, max(written, 1), f"{written:,} messages")
    if written:
        gather_statistics(warehouse, WRITTEN)
    return {"classified": written, "unknown": unknown, "version": active.version}


def _decide(connection: Connection[Any], metrics: dict[str, float]) -> RegistrationDecision:
    incumbent = active_model(connection, MODEL)
    deepest = max(name for name in metrics if name.startswith("accuracy_level_"))
    if incumbent is None:
        return first_version({deepest: metrics[deepest]})
    row = connection.execute("select metrics from ml.model_version where version = %s", [incumbent.version]).fetchone()
    theirs = float((row[0] if row else {}).get(deepest) or 0)
    return not_less_accurate(metrics[deepest], theirs, incumbent.version)


def _register(
    connection: Connection[Any], result: MessageTraining, version: str, path: str, decision: RegistrationDecision
) -> None:
    manifest = result.bundle.manifest
    values = {name: manifest[name] for name in ("model_type", "trained_at", "data_hash", "code_version", "threshold")}
    window = {name: manifest["training_window"][name] for name in ("start", "end")}
    documents = {name: Jsonb(manifest[name]) for name in ("metrics", "parameters")}
    place = {"path": path, "sha256": result.bundle.sha256}
    with connection.transaction():
        connection.execute(
            INSERT_VERSION, {"model_name": MODEL, "version": version, **values, **window, **documents, **place}
        )
        decider = Decider("promotion rule", decision.reason, decision.evidence)
        if decision.is_promoted:
            promote(connection, version, decider)
        else:
            archive(connection, MODEL, version, decider)


def _write_card(
    store: BundleStore, result: MessageTraining, version: str, names: dict[str, str], *, is_simulated: bool
) -> None:
    from ml.messages.card import render_message_model_card

    store.save_card(
        MODEL, version, render_message_model_card(result, version=version, names=names, is_simulated=is_simulated)
    )
