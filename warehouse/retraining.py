"""Attempts at a better version: asked for by a trigger, trained into the shadow, decided by the gate, kept for ever.

The narrow seam for whoever notices something: fill a `Trigger`, call `ask`. Training and comparing belong to the
orchestrator, the switch itself to `warehouse.registry`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from warehouse import registry
from warehouse.errors import BellwetherError
from warehouse.registry import Decider

MAXIMUM_ATTEMPTS = 3
HOLD_OUT_MONTHS = 1
"""Newest as-of dates whose labels judge a challenger instead of teaching it; a person may ask for another number."""
GATE = "promotion gate"
TriggerKind = Literal["drift", "decay", "calendar", "labels", "person"]

ASK = """
insert into ml.retraining (model_name, trigger_kind, trigger_key, trigger_evidence)
values (%s, %s, %s, %s)
on conflict (trigger_key) do nothing
returning id
"""
ATTEMPTS = """
select id, model_name, trigger_kind, trigger_key, trigger_evidence, state, attempts, shadow_model_version,
  production_model_version, gate_passed, promoted, labels_known_until, verdict
from ml.retraining
"""
TRAINED = """
update ml.retraining
set state = 'shadow', shadow_model_version = %(version)s::varchar, production_model_version = %(champion)s,
  mlflow_run_id = (select mlflow_run_id from ml.model_version where version = %(version)s::varchar)
where id = %(id)s
"""
LOOKED = """
update ml.retraining
set production_model_version = %(champion)s, shadow_f1_score = %(shadow_f1)s, production_f1_score = %(production_f1)s,
  labels_known_until = %(known_until)s, verdict = %(verdict)s, reasons = %(reasons)s
where id = %(id)s and state = 'shadow'
"""
DECIDED = """
update ml.retraining
set state = 'decided', gate_passed = %(passed)s, promoted = %(passed)s, decided_at = clock_timestamp(),
  verdict = coalesce(%(verdict)s, verdict)
where id = %(id)s and state = 'shadow'
"""
OVERRIDE = """
insert into ml.promotion_override (retraining_id, decided_by, reason) values (%s, %s, %s) returning override_id
"""
LAST_ROLLBACK = """
select max(as_of_date) from ml.promotion_watch where model_name = %s and rolled_back_to is not null
"""
LABELS_SINCE = """
select max(trigger_evidence ->> 'labels_since')
from ml.retraining
where shadow_model_version = %s
having max(trigger_evidence ->> 'labels_since') is not null
"""
OVERRIDDEN = "update ml.retraining set promoted = true, override_id = %s where id = %s"


@dataclass(frozen=True)
class Trigger:
    """Why a better version is looked for.

    Parameters
    ----------
    kind : str
        drift, decay, calendar, labels or person.
    key : str
        What it is about, such as an alert's key or a month; the same key asks once, however often it is seen.
    evidence : dict
        Figures behind it, plain JSON values. ``hold_out_months`` (whole number) keeps the labels of so many newest
        as-of dates out of training, so that the gate need not wait for new ones. ``labels_since`` (a date as text)
        lets only as-of dates from then on teach, and keeps the attempt waiting until their labels can teach and judge.
    """

    model_name: str
    kind: TriggerKind
    key: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Attempt:
    """A row of ``ml.retraining``."""

    id: int
    model_name: str
    trigger_kind: str
    trigger_key: str
    trigger_evidence: dict[str, Any]
    state: str
    attempts: int
    shadow_model_version: str | None
    production_model_version: str | None
    gate_passed: bool | None
    promoted: bool
    labels_known_until: datetime | None
    verdict: str | None


@dataclass(frozen=True)
class Comparison:
    """What the gate said of a challenger beside a champion, in plain values."""

    champion: str
    passed: bool
    verdict: str
    reasons: list[dict[str, Any]]
    shadow_f1: float | None
    production_f1: float | None
    labels_known_until: datetime | None


def ask(connection: Connection[Any], trigger: Trigger) -> int | None:
    """Record a trigger; returns the number of its attempt, or None if it was recorded before."""
    key = f"{trigger.model_name}:{trigger.kind}:{trigger.key}"
    row = connection.execute(ASK, [trigger.model_name, trigger.kind, key, Jsonb(trigger.evidence)]).fetchone()
    return None if row is None else int(row[0])


def attempts(connection: Connection[Any], model_name: str, *states: str) -> list[Attempt]:
    """Return attempts of a model in the states given (none: all), oldest first."""
    query = f"{ATTEMPTS} where model_name = %s and (state = any(%s) or %s) order by id"
    with connection.cursor(row_factory=class_row(Attempt)) as cursor:
        return cursor.execute(query, [model_name, list(states), not states]).fetchall()


def find(connection: Connection[Any], number: int) -> Attempt | None:
    """Return one attempt by its number, or None."""
    with connection.cursor(row_factory=class_row(Attempt)) as cursor:
        return cursor.execute(f"{ATTEMPTS} where id = %s", [number]).fetchone()


def last_rollback(connection: Connection[Any], model_name: str) -> date | None:
    """Return the as-of date of the evidence that last brought a previous version back, or None."""
    row = connection.execute(LAST_ROLLBACK, [model_name]).fetchone()
    return row[0] if row else None


def labels_since(connection: Connection[Any], version: str) -> str | None:
    """Return the earliest as-of date that a version was allowed to learn from, as text; None: from every one."""
    row = connection.execute(LABELS_SINCE, [version]).fetchone()
    return None if row is None else str(row[0])


def begin(connection: Connection[Any], attempt: Attempt) -> None:
    """Count a try at training, committed before it starts: one that kills its worker is not tried for ever."""
    connection.execute("update ml.retraining set attempts = attempts + 1 where id = %s", [attempt.id])
    connection.commit()


def fail(connection: Connection[Any], attempt: Attempt, why: str) -> None:
    """Give an attempt up, with the reason; the champion goes on serving."""
    connection.execute(
        "update ml.retraining set state = 'failed', verdict = %s where id = %s", [why[:2000], attempt.id]
    )


def enter_shadow(connection: Connection[Any], attempt: Attempt, version: str, champion: str) -> None:
    """Record the challenger that an attempt trained."""
    connection.execute(TRAINED, {"id": attempt.id, "version": version, "champion": champion})


def postpone(connection: Connection[Any], attempt: Attempt, comparison: Comparison) -> None:
    """Keep what the gate said without deciding: labels are still to come."""
    _look(connection, attempt, comparison)


def decide(connection: Connection[Any], attempt: Attempt, comparison: Comparison) -> None:
    """Record the gate's decision and, if it passed, switch: both or neither.

    Raises
    ------
    BellwetherError
        Another champion serves by now than the comparison was with; nothing is recorded.
    """
    version = attempt.shadow_model_version
    assert version is not None  # noqa: S101 - an attempt in the shadow has its challenger
    decider = Decider(GATE, comparison.verdict, {"retraining_id": attempt.id, "reasons": comparison.reasons})
    with connection.transaction():
        connection.execute(registry.LOCK, [attempt.model_name])
        _look(connection, attempt, comparison)
        done = connection.execute(
            DECIDED, {"id": attempt.id, "passed": comparison.passed, "verdict": comparison.verdict}
        ).rowcount
        if done == 0:
            raise BellwetherError(f"Attempt {attempt.id} was decided already.", where="ml.retraining")
        if comparison.passed:
            registry.promote(connection, version, decider, compared_with=comparison.champion)
        elif not registry.find(connection, version).is_active:
            registry.archive(connection, attempt.model_name, version, decider)


def override(connection: Connection[Any], attempt: Attempt, decider: Decider) -> None:
    """Promote a challenger against the gate, with the name and the reason kept.

    Raises
    ------
    BellwetherError
        The attempt has no challenger, is undecided, or is promoted already.
    """
    if attempt.shadow_model_version is None or attempt.state != "decided" or attempt.promoted:
        raise BellwetherError(
            f"Attempt {attempt.id} cannot be overridden: it is {attempt.state}"
            + (" and promoted." if attempt.promoted else "."),
            where="ml.retraining",
            remedy="wait for the gate, or promote a version by hand: `bellwether models promote VERSION --because ...`",
        )
    with connection.transaction():
        row = connection.execute(OVERRIDE, [attempt.id, decider.name, decider.reason]).fetchone()
        assert row is not None  # noqa: S101 - an insert returns its row
        connection.execute(OVERRIDDEN, [row[0], attempt.id])
        registry.promote(connection, attempt.shadow_model_version, decider)


def _look(connection: Connection[Any], attempt: Attempt, comparison: Comparison) -> None:
    connection.execute(
        LOOKED,
        {
            "id": attempt.id,
            "champion": comparison.champion,
            "shadow_f1": comparison.shadow_f1,
            "production_f1": comparison.production_f1,
            "known_until": comparison.labels_known_until,
            "verdict": comparison.verdict,
            "reasons": Jsonb(comparison.reasons),
        },
    )
