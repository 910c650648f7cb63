"""Decide what the sensors ask for; each request is made once, and again only after a run that died."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import dagster as dg
from psycopg import Connection

from dagster_app.lib.runs.inbox import InboxPackage
from dagster_app.lib.runs.partitions import RANGE_END_TAG, RANGE_START_TAG, range_tags
from warehouse.months import add_months
from warehouse.retraining import HOLD_OUT_MONTHS, RetrainingTrigger, labels_since, request_retraining

INBOX_TAG = "bellwether/inbox"
MAXIMUM_ATTEMPTS = 3
MATURED = """
select min(as_of_date), max(as_of_date), max(known_at)
from intermediate.int_outcomes__label as label
where target_name = %(target)s
  and known_at > coalesce(
    (select max(training_date) from ml.model_version where target_name = %(target)s), '-infinity'
  )
"""
ENOUGH_CORRECTIONS = 50
TOLERATED_CORRECTION_RATE = 0.2
FEWEST_REVIEWED = 20
"""Reviews below which a rate of corrections says nothing."""
# What people decided since the newest version's labels end, next to what the active version had predicted.
CORRECTED = """
with newest as (
  select coalesce(max(training_date), '-infinity') as trained_at from ml.model_version where model_name = 'voc'
)
select
  count(*),
  count(*) filter (where predicted.voc_id is distinct from label.voc_id),
  max(label.known_at)
from staging.stg_deskroom__message_label as label
cross join newest
inner join staging.stg_deskroom__message as message
  on label.reception_number = message.reception_number
inner join ml.model_version as active
  on active.model_name = 'voc' and active.is_active
left join lateral (
  select voc_id
  from ml.message_category
  where message_id = message.message_id and model_version = active.version and rank = 1
  order by level desc
  limit 1
) as predicted on true
where label.known_at > newest.trained_at
"""
SCORED_RANGE = """
select min(snapshot_month), max(snapshot_month)
from intermediate.int_outcomes__cohort as cohort
where target_name = %(target)s
  and not exists (
    select 1
    from intermediate.int_outcomes__label as label
    where label.target_name = cohort.target_name and label.as_of_date = cohort.as_of_date
  )
"""
CHAMPION = "select model_name, version from ml.model_version where target_name = %s and is_active"
PENDING_RETRAINING = """
with due as (
  select 'asked ' || id || '.' || attempts as what from ml.retraining
  where model_name = %(model)s and state = 'asked'
  union all
  select 'shadow ' || id || ' ' || coalesce(newest.known_at::text, '')
  from ml.retraining
  cross join (
    select max(label.known_at) as known_at from ml.label
    inner join ml.model_version using (target_name)
    where model_version.model_name = %(model)s and model_version.is_active
  ) as newest
  where model_name = %(model)s and state = 'shadow'
  union all
  select 'watch ' || retraining.shadow_model_version || ' ' || max(prediction.as_of_date)
  from ml.retraining
  inner join ml.model_version
    on model_version.version = retraining.shadow_model_version and model_version.is_active
  inner join ml.prediction
    on prediction.model_version = model_version.version and prediction.model_stage = 'production'
  where retraining.model_name = %(model)s and retraining.promoted
  group by retraining.shadow_model_version
)
select md5(string_agg(what, ',' order by what)) from due
"""


def inbox_request(instance: dg.DagsterInstance, package: InboxPackage) -> dg.RunRequest | str:
    """Ask for a load, or say why not: one is under way, or three have failed.

    The run key counts the attempts, so a tick that is repeated asks for the same run, and a run that died is
    followed by the next one. Loading itself adds nothing twice.
    """
    records = instance.get_runs(dg.RunsFilter(tags={INBOX_TAG: package.fingerprint}))
    if any(not run.is_finished for run in records):
        return f"{package.path.name} is being loaded"
    if len(records) >= MAXIMUM_ATTEMPTS:
        return f"{package.path.name} failed {len(records)} times: correct it; any change to its files loads it again"
    return dg.RunRequest(
        run_key=f"{package.fingerprint}:{len(records) + 1}",
        tags={INBOX_TAG: package.fingerprint},
        run_config={"ops": {"raw_tables": {"config": {"package": str(package.path)}}}},
    )


def ask_each(
    names: Sequence[str],
    cursor: str | None,
    request: Callable[[str, str | None, Callable[[str], None]], dg.RunRequest | dg.SkipReason],
) -> dg.SensorResult:
    """Put a question for each target; what several of them want of one job becomes one run, which serves them all.

    Parameters
    ----------
    cursor : str, optional
        What was remembered for each name, as a JSON object. A cursor of another form counts as lost: run keys keep a
        request from being made twice.
    request : callable
        Takes a name, what it remembered and what to call with something new to remember.
    """
    kept = json.loads(cursor) if cursor and cursor.startswith("{") else {}
    answers = [request(name, kept.get(name), partial(kept.__setitem__, name)) for name in names]
    asked = [answer for answer in answers if isinstance(answer, dg.RunRequest)]
    reasons = [answer.skip_message for answer in answers if isinstance(answer, dg.SkipReason)]
    jobs = dict.fromkeys(one.job_name for one in asked)
    return dg.SensorResult(
        run_requests=[_one_run([one for one in asked if one.job_name == job]) for job in jobs],
        skip_reason=None if asked else "; ".join(dict.fromkeys(filter(None, reasons))) or "no target is asked",
        cursor=json.dumps(kept),
    )


def _one_run(asked: list[dg.RunRequest]) -> dg.RunRequest:
    tags = dict(asked[0].tags)
    for tag, outermost in ((RANGE_START_TAG, min), (RANGE_END_TAG, max)):
        if tag in tags:
            tags[tag] = outermost(one.tags[tag] for one in asked)
    return dg.RunRequest(run_key="|".join(str(one.run_key) for one in asked), job_name=asked[0].job_name, tags=tags)


def matured_request(
    connection: Connection[Any], target: str, cursor: str | None, remember: Callable[[str], None]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for training if labels are known now that were not when the newest version was trained.

    Without a champion the first model is trained and serves; next to one a challenger has to pass the gate. Where the
    champion learned only from what came after a change, so does the challenger.
    """
    row = connection.execute(MATURED, {"target": target}).fetchone()
    if row is None or row[2] is None:
        return dg.SkipReason("no label has matured since the last training")
    key = row[2].isoformat()
    if key == cursor:
        return dg.SkipReason(f"training for labels known until {key} has been asked for")
    remember(key)
    champion = connection.execute(CHAMPION, [target]).fetchone()
    if champion is None:
        first, last = _months_to_score(connection, target, add_months(row[1], -1))
        tags = range_tags([first, last])
        return dg.RunRequest(run_key=f"{target}:{key}", job_name="train_and_score", tags=tags)
    evidence = {"known_until": key, "champion": champion[1], "hold_out_months": HOLD_OUT_MONTHS}
    if since := labels_since(connection, champion[1]):
        evidence["labels_since"] = since
    request_retraining(connection, RetrainingTrigger(champion[0], "labels", key, evidence))
    return dg.RunRequest(run_key=f"{target}:{key}", job_name="retrain_model")


def retraining_request(
    connection: Connection[Any], model_name: str, cursor: str | None, remember: Callable[[str], None]
) -> dg.RunRequest | dg.SkipReason:
    """Request a retraining run if a trigger is pending, or there are new facts for a challenger or a watched version.

    The run key names these facts, so that a repeated tick, or a lost cursor, requests the same run.
    """
    row = connection.execute(PENDING_RETRAINING, {"model": model_name}).fetchone()
    if row is None or row[0] is None:
        return dg.SkipReason("no trigger is pending, no challenger in shadow mode, no promotion under watch")
    key = str(row[0])
    if key == cursor:
        return dg.SkipReason("a round with these triggers, labels and scores has been asked for")
    remember(key)
    return dg.RunRequest(run_key=f"retrain:{model_name}:{key}")


def corrected_request(
    connection: Connection[Any], cursor: str | None, remember: Callable[[str], None]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for training if people corrected many messages, or a large share of those they looked at."""
    row = connection.execute(CORRECTED).fetchone()
    reviewed, corrected, known_at = row if row else (0, 0, None)
    rate = corrected / reviewed if reviewed else 0.0
    is_drifting = reviewed >= FEWEST_REVIEWED and rate > TOLERATED_CORRECTION_RATE
    if known_at is None or (corrected < ENOUGH_CORRECTIONS and not is_drifting):
        return dg.SkipReason(f"{corrected} of {reviewed} messages reviewed since the last training were corrected")
    key = known_at.isoformat()
    if key == cursor:
        return dg.SkipReason(f"training for labels known until {key} has been asked for")
    remember(key)
    return dg.RunRequest(run_key=f"voc:{key}")


def _months_to_score(connection: Connection[Any], target: str, fallback: date) -> tuple[date, date]:
    row = connection.execute(SCORED_RANGE, {"target": target}).fetchone()
    return (row[0], row[1]) if row and row[0] else (fallback, fallback)
