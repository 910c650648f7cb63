"""Retraining attempts: requested by a trigger, trained into shadow mode, decided by the promotion gate, and stored.

To request one: fill a `RetrainingTrigger`, call `request_retraining`. Training and comparing belong to the
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

INSERT_REQUEST = """
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
SET_SHADOW = """
update ml.retraining
set state = 'shadow', shadow_model_version = %(version)s::varchar, production_model_version = %(champion)s,
  mlflow_run_id = (select mlflow_run_id from ml.model_version where version = %(version)s::varchar)
where id = %(id)s
"""
SET_COMPARISON = """
update ml.retraining
set production_model_version = %(champion)s, shadow_f1_score = %(shadow_f1)s, production_f1_score = %(production_f1)s,
  labels_known_until = %(known_until)s, verdict = %(verdict)s, reasons = %(reasons)s
where id = %(id)s and state = 'shadow'
"""
SET_DECIDED = """
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
class RetrainingTrigger:
    """The reason for a retraining.

    Parameters
    ----------
    kind : str
        drift, decay, calendar, labels or person.
    key : str
        What caused it, such as the key of an alert or a month; the same key is recorded once.
    evidence : dict
        Its evidence, plain JSON values. ``hold_out_months`` (integer) holds out the labels of that many newest as-of
        dates from training, so that the gate need not wait for new labels. ``labels_since`` (a date as text)
        restricts training to as-of dates from then on; the attempt waits until their labels suffice for training
        and evaluation.
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
class GateComparison:
    """Result of the promotion gate for a challenger and a champion, in plain values."""

    champion: str
    passed: bool
    verdict: str
    reasons: list[dict[str, Any]]
    shadow_f1: float | None
    production_f1: float | None
    labels_known_until: datetime | None


def request_retraining(connection: Connection[Any], trigger: RetrainingTrigger) -> int | None:
    """Record a trigger; returns the number of its attempt, or None if the trigger is recorded already."""
    key = f"{trigger.model_name}:{trigger.kind}:{trigger.key}"
    row = connection.execute(
        INSERT_REQUEST, [trigger.model_name, trigger.kind, key, Jsonb(trigger.evidence)]
    ).fetchone()
    return None if row is None else int(row[0])


def attempts(connection: Connection[Any], model_name: str, *states: str) -> list[Attempt]:
    """Return attempts of a model in the given states (default: all), oldest first."""
    query = f"{ATTEMPTS} where model_name = %s and (state = any(%s) or %s) order by id"
    with connection.cursor(row_factory=class_row(Attempt)) as cursor:
        return cursor.execute(query, [model_name, list(states), not states]).fetchall()


def find(connection: Connection[Any], number: int) -> Attempt | None:
    """Return one attempt by its number, or None."""
    with connection.cursor(row_factory=class_row(Attempt)) as cursor:
        return cursor.execute(f"{ATTEMPTS} where id = %s", [number]).fetchone()


def last_rollback(connection: Connection[Any], model_name: str) -> date | None:
    """Return the as-of date of the evidence of the last rollback, or None."""
    row = connection.execute(LAST_ROLLBACK, [model_name]).fetchone()
    return row[0] if row else None


def labels_since(connection: Connection[Any], version: str) -> str | None:
    """Return the earliest as-of date that a version was trained on by its trigger, as text; None: no restriction."""
    row = connection.execute(LABELS_SINCE, [version]).fetchone()
    return None if row is None else str(row[0])


def count_attempt(connection: Connection[Any], attempt: Attempt) -> None:
    """Count a training attempt, committed before it starts, so that one that kills its worker is not repeated."""
    connection.execute("update ml.retraining set attempts = attempts + 1 where id = %s", [attempt.id])
    connection.commit()


def set_failed(connection: Connection[Any], attempt: Attempt, why: str) -> None:
    """Set an attempt to failed, with the reason; the champion stays in production."""
    connection.execute(
        "update ml.retraining set state = 'failed', verdict = %s where id = %s", [why[:2000], attempt.id]
    )


def enter_shadow(connection: Connection[Any], attempt: Attempt, version: str, champion: str) -> None:
    """Record the trained challenger of an attempt."""
    connection.execute(SET_SHADOW, {"id": attempt.id, "version": version, "champion": champion})


def postpone(connection: Connection[Any], attempt: Attempt, comparison: GateComparison) -> None:
    """Store the comparison without a decision: labels are not complete."""
    _store_comparison(connection, attempt, comparison)


def record_decision(connection: Connection[Any], attempt: Attempt, comparison: GateComparison) -> None:
    """Record the decision of the promotion gate and, if it passed, promote: both or neither.

    Raises
    ------
    BellwetherError
        Another champion than the one of the comparison is in production by now; nothing is recorded.
    """
    version = attempt.shadow_model_version
    assert version is not None  # noqa: S101 - an attempt in the shadow has its challenger
    decider = Decider(GATE, comparison.verdict, {"retraining_id": attempt.id, "reasons": comparison.reasons})
    with connection.transaction():
        connection.execute(registry.LOCK, [attempt.model_name])
        _store_comparison(connection, attempt, comparison)
        done = connection.execute(
            SET_DECIDED, {"id": attempt.id, "passed": comparison.passed, "verdict": comparison.verdict}
        ).rowcount
        if done == 0:
            raise BellwetherError(f"Attempt {attempt.id} is already decided.", where="ml.retraining")
        if comparison.passed:
            registry.promote(connection, version, decider, compared_with=comparison.champion)
        elif not registry.find(connection, version).is_active:
            registry.archive(connection, attempt.model_name, version, decider)


def override(connection: Connection[Any], attempt: Attempt, decider: Decider) -> None:
    """Promote a challenger against the promotion gate; name and reason are stored.

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
            remedy="wait for the gate, or promote a version yourself: `bellwether models promote VERSION --reason ...`",
        )
    with connection.transaction():
        row = connection.execute(OVERRIDE, [attempt.id, decider.name, decider.reason]).fetchone()
        assert row is not None  # noqa: S101 - an insert returns its row
        connection.execute(OVERRIDDEN, [row[0], attempt.id])
        registry.promote(connection, attempt.shadow_model_version, decider)


def _store_comparison(connection: Connection[Any], attempt: Attempt, comparison: GateComparison) -> None:
    connection.execute(
        SET_COMPARISON,
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
