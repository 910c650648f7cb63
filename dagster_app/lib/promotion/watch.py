"""Watch a newly promoted version month by month with the one it replaced; outside its tolerance band it is rolled back.

The rule belongs to `ml.promotion.watch`, the switch to `warehouse.registry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from dagster_app.lib.alerts.raising import NewAlert, raise_alert
from dagster_app.lib.models.registry import registered_model
from dagster_app.lib.promotion.comparison import read_rows
from dagster_app.lib.risk.scoring import shadow_months
from dagster_app.lib.risk.training import SEED
from warehouse import registry
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame
from warehouse.months import add_months
from warehouse.registry import Decider

if TYPE_CHECKING:
    from dagster_app.lib.models.store import BundleStore
    from ml.promotion.watch import Observation
    from ml.risk.bundle import Bundle

WATCH = "promotion watch"
# A promotion of the gate, or against it, that serves; what it replaced; the as-of dates it scored as the champion.
WATCHED = """
select deployment.version, replaced.version as previous
from ml.model_deployment as deployment
inner join ml.retraining
  on retraining.shadow_model_version = deployment.version and retraining.promoted
inner join ml.model_deployment as replaced
  on replaced.model_name = deployment.model_name and replaced.stage = 'production'
  and upper(replaced.valid_during) = lower(deployment.valid_during)
where deployment.model_name = %s and deployment.stage = 'production' and upper_inf(deployment.valid_during)
  and retraining.production_model_version = replaced.version
"""
DATES = """
select distinct as_of_date from ml.prediction
where model_version = %s and model_stage = 'production' and request_source = 'batch'
order by as_of_date
"""
SCORES = "select probability from ml.prediction where model_version = %s and as_of_date = %s"
RECORD = """
insert into ml.promotion_watch (model_name, model_version, as_of_date, evidence_kind, is_within_band, findings)
values (%s, %s, %s, %s, %s, %s)
on conflict (model_version, as_of_date, evidence_kind) do update
set is_within_band = excluded.is_within_band, findings = excluded.findings, checked_at = clock_timestamp()
"""
RETURNED = """
update ml.promotion_watch set rolled_back_to = %s where model_version = %s and not is_within_band
"""


@dataclass(frozen=True)
class Watched:
    """A version under watch, and the one that would return."""

    version: str
    previous: str


def watched(connection: Connection[Any], model_name: str) -> Watched | None:
    """Return the promotion that may still be under watch, or None."""
    with connection.cursor(row_factory=class_row(Watched)) as cursor:
        return cursor.execute(WATCHED, [model_name]).fetchone()


def watch(warehouse: Warehouse, store: BundleStore, target_name: str, model_name: str, run_id: str) -> dict[str, Any]:
    """Look at the months a promoted version has served; roll back if it left its tolerance band."""
    from ml.promotion.watch import WatchPolicy, must_roll_back

    policy = WatchPolicy()
    with warehouse.connect(Role.MODEL) as connection:
        pair = watched(connection, model_name)
        dates = [row[0] for row in connection.execute(DATES, [pair.version]).fetchall()] if pair else []
    if pair is None or not dates:
        return {"watched": "nothing"}
    dates = dates[: policy.months]
    _score_beside(warehouse, store, model_name, pair, dates, run_id)
    with warehouse.connect(Role.MODEL) as connection:
        found = _observe(connection, store, target_name, model_name, pair, dates)
        for day, observation in found:
            if observation.is_within_band is not None:
                values = [model_name, pair.version, day, observation.evidence_kind, observation.is_within_band]
                connection.execute(RECORD, [*values, Jsonb(observation.to_dict())])
        outcome = {"watched": pair.version, "months": len(dates), "previous": pair.previous}
        if not must_roll_back([observation for _, observation in found]):
            return outcome | {"returned": False}
        bad = "; ".join(f"{day:%Y-%m}: {one.statement}" for day, one in found if one.is_within_band is False)
        _return(connection, model_name, pair, bad)
    return outcome | {"returned": True, "because": bad}


def _score_beside(
    warehouse: Warehouse, store: BundleStore, model_name: str, pair: Watched, dates: list[date], run_id: str
) -> None:
    """Let the previous version score the same months in shadow mode, so that both can be compared."""
    with warehouse.connect(Role.MODEL) as connection:
        known = {
            row[0]
            for row in connection.execute(
                "select distinct as_of_date from ml.prediction where model_version = %s", [pair.previous]
            )
        }
    months = [add_months(day, -1) for day in dates if day not in known]
    if months:
        shadow_months(warehouse, store, model_name, pair.previous, months, run_id)


def _observe(
    connection: Connection[Any],
    store: BundleStore,
    target_name: str,
    model_name: str,
    pair: Watched,
    dates: list[date],
) -> list[tuple[date, Observation]]:
    from ml.promotion.watch import WatchPolicy, observe_labels, observe_scores

    policy = WatchPolicy()
    versions = [registered_model(connection, version) for version in (pair.version, pair.previous)]
    bundles = [store.load(model_name, one.version, one.artifact_sha256) for one in versions]
    found = []
    for day in dates:
        counts, indexes = [], []
        for one, bundle in zip(versions, bundles, strict=True):
            scores = read_frame(connection, SCORES, [one.version, day])["probability"].to_numpy("float64")
            counts.append(len(scores))
            indexes.append(_index(bundle, scores) if len(scores) else float("nan"))
        found.append((day, observe_scores(indexes[0], indexes[1], min(counts), policy)))
    rows = read_rows(connection, target_name, versions[1], versions[0], [])
    rows = rows[rows["as_of_date"].isin(dates)].rename(columns={"champion": "previous", "challenger": "watched"})
    found.append((dates[-1], observe_labels(rows, policy, SEED)))
    return found


def _index(bundle: Bundle, scores: Any) -> float:
    from ml.promotion.watch import stability_index

    profile = bundle.training_profile["score"]
    return stability_index(scores, profile["edges"], profile["shares"])


def _return(connection: Connection[Any], model_name: str, pair: Watched, why: str) -> None:
    """Switch back, mark the evidence and raise the alert: all or nothing."""
    with connection.transaction():
        decider = Decider(
            WATCH, f"rolled back: {pair.version} left its tolerance band: {why}", {"watched": pair.version}
        )
        registry.promote(connection, pair.previous, decider, compared_with=pair.version)
        connection.execute(RETURNED, [pair.previous, pair.version])
        message = (
            f"model {model_name}: rolled back from {pair.version} to {pair.previous}: it left its tolerance band. {why}"
        )
        key = f"rollback:{pair.version}"
        raise_alert(connection, NewAlert("MODEL_ROLLED_BACK", "error", message[:2000], key, model_name))
