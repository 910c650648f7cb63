"""From a trigger to a challenger in shadow mode: train on the newest mature labels, score next to the champion.

Training itself belongs to `training`, the comparison to `comparison`, what is kept to `warehouse.retraining`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dagster_app.lib.models.registry import active_model
from dagster_app.lib.risk.scoring import shadow_months
from dagster_app.lib.risk.training import NO_VERSION, train_challenger
from warehouse import registry, retraining
from warehouse.connection import Role, Warehouse
from warehouse.registry import Decider
from warehouse.retraining import Attempt

if TYPE_CHECKING:
    from psycopg import Connection

    from dagster_app.lib.models.store import BundleStore

# Labels of the newest as-of dates are kept for the gate: training ends before the first of them was known.
HELD_OUT = """
with mature as (
  select as_of_date, min(known_at) as known_at, dense_rank() over (order by as_of_date desc) as recency
  from ml.label
  where target_name = %(target)s
  group by as_of_date
)
select min(known_at) - interval '1 microsecond' from mature where recency <= %(months)s
"""
# A trigger that speaks of a change waits until as many dates since then have labels as are held out, and one to learn.
LABELLED_DATES = "select count(distinct as_of_date) from ml.label where target_name = %s and as_of_date >= %s"
# Months whose outcome neither version can have seen, and the newest one, which lies ahead of every label.
OUT_OF_TIME = """
with trained as (
  select max(training_date) as last_at from ml.model_version where version = any(%(versions)s)
),
known as (
  select as_of_date, min(known_at) as known_at from ml.label where target_name = %(target)s group by as_of_date
)
select cohort.snapshot_month
from intermediate.int_outcomes__cohort as cohort
cross join trained
left join known on known.as_of_date = cohort.as_of_date
where cohort.target_name = %(target)s and (known.known_at is null or known.known_at > trained.last_at)
group by cohort.snapshot_month
order by cohort.snapshot_month
"""
UNSCORED = """
select month
from unnest(%(months)s::date[]) as month
where not exists (
  select 1 from ml.prediction
  where model_version = %(version)s and as_of_date = (month + interval '1 month')::date and request_source = 'batch')
order by month
"""


def challenge(
    warehouse: Warehouse, store: BundleStore, target_name: str, model_name: str, run_id: str
) -> dict[str, Any]:
    """Train for a waiting trigger, if there is one, and score what is in shadow mode; returns what was done."""
    trained = train_waiting(warehouse, store, target_name, model_name)
    return {**trained, "scored_rows": score_in_the_shadow(warehouse, store, target_name, model_name, run_id)}


def train_waiting(warehouse: Warehouse, store: BundleStore, target_name: str, model_name: str) -> dict[str, Any]:
    """Train a challenger for the oldest trigger that can be answered; further ones of the same data share it.

    A trigger whose evidence says ``labels_since`` (a date) waits until labels from then on can teach and judge, and
    teaches with these alone.

    Raises
    ------
    Exception
        What training raised. The attempt is counted before it starts and abandoned after three; the champion serves
        on, and the failed run raises its alert.
    """
    with warehouse.connect(Role.MODEL) as connection:
        waiting = retraining.attempts(connection, model_name, "asked")
        champion = active_model(connection, model_name)
        attempt = next((one for one in waiting if _has_labels(connection, target_name, one)), None)
        if attempt is None or champion is None:
            return {"waiting": len(waiting), "trained": "nothing"}
        retraining.count_attempt(connection, attempt)
        known_until = _cut_off(connection, target_name, attempt)
    try:
        why, since = f"requested by {attempt.trigger_kind}", _labels_since(attempt)
        trained = train_challenger(warehouse, store, target_name, known_until, why, since)
    except Exception as error:
        if attempt.attempts + 1 >= retraining.MAXIMUM_ATTEMPTS:
            with warehouse.connect(Role.MODEL) as connection:
                retraining.set_failed(connection, attempt, f"training failed {attempt.attempts + 1} times: {error}")
        raise
    with warehouse.connect(Role.MODEL) as connection:
        if trained.result is None and trained.version == NO_VERSION:
            retraining.set_failed(connection, attempt, trained.words)
            return {"trained": "nothing", "champion": champion.version, "reason": trained.words}
        if trained.version == champion.version:
            retraining.set_failed(connection, attempt, "no new labels since the champion was trained")
            return {"trained": "nothing new", "champion": champion.version}
        _enter(connection, attempt, trained.version, champion.version)
    return {"trained": trained.version, "champion": champion.version, "trigger": attempt.trigger_key}


def _has_labels(connection: Connection[Any], target_name: str, attempt: Attempt) -> bool:
    since = _labels_since(attempt)
    if since is None:
        return True
    row = connection.execute(LABELLED_DATES, [target_name, since]).fetchone()
    return row is not None and row[0] > int(attempt.trigger_evidence.get("hold_out_months", 0))


def _labels_since(attempt: Attempt) -> date | None:
    given = attempt.trigger_evidence.get("labels_since")
    return None if given is None else date.fromisoformat(given)


def _cut_off(connection: Connection[Any], target_name: str, attempt: Attempt) -> datetime | None:
    months = int(attempt.trigger_evidence.get("hold_out_months", 0))
    if months <= 0:
        return None
    row = connection.execute(HELD_OUT, {"target": target_name, "months": months}).fetchone()
    return None if row is None else row[0]


def _enter(connection: Connection[Any], attempt: Attempt, version: str, champion: str) -> None:
    """Put the version into the shadow, also one that was trained before and lies archived, in one transaction."""
    with connection.transaction():
        known = registry.find(connection, version)
        if known.stage != "shadow":
            decider = Decider("trigger", f"entered shadow mode again, requested by {attempt.trigger_kind}", {})
            registry.enter_shadow(connection, attempt.model_name, version, decider)
        retraining.enter_shadow(connection, attempt, version, champion)


def score_in_the_shadow(
    warehouse: Warehouse, store: BundleStore, target_name: str, model_name: str, run_id: str
) -> dict[str, int]:
    """Score what challenger and champion have not scored yet of the months out of time for both; rows by version."""
    with warehouse.connect(Role.MODEL) as connection:
        champion = active_model(connection, model_name)
        attempts = retraining.attempts(connection, model_name, "shadow")
    scored: dict[str, int] = {}
    if champion is None:
        return scored
    for challenger in dict.fromkeys(str(one.shadow_model_version) for one in attempts):
        for version in (challenger, champion.version):
            with warehouse.connect(Role.MODEL) as connection:
                months = _months(connection, target_name, [challenger, champion.version], version)
            if months:
                written = shadow_months(warehouse, store, model_name, version, months, run_id)
                scored[version] = scored.get(version, 0) + sum(month.scored for month in written.values())
    return scored


def _months(connection: Connection[Any], target_name: str, versions: list[str], version: str) -> list[date]:
    months = connection.execute(OUT_OF_TIME, {"target": target_name, "versions": versions}).fetchall()
    unscored = connection.execute(UNSCORED, {"months": [row[0] for row in months], "version": version})
    return [row[0] for row in unscored.fetchall()]
