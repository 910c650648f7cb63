"""Which version of a model serves: the registry's stages, the one way to switch them, and their history.

What a better model is belongs to `ml.promotion`, bundles to the model store. A switch is one transaction under the
model's lock, and the database refuses a second production version at any instant.
"""

from __future__ import annotations

import getpass
import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from warehouse.errors import BellwetherError

LOCK = "select pg_advisory_xact_lock(hashtextextended('ml.model_version:' || %s, 0))"
# Later than every boundary so far, also where the clock was set back.
INSTANT = """
select greatest(clock_timestamp(), max(lower(valid_during)) + interval '1 microsecond', max(upper(valid_during)))
from ml.model_deployment
where model_name = %s
"""
CLOSE = """
update ml.model_deployment
set valid_during = tstzrange(lower(valid_during), %(at)s)
where model_name = %(model_name)s and upper_inf(valid_during) and (version = %(version)s or stage = 'production')
returning version, stage
"""
LEAVE = """
update ml.model_deployment
set valid_during = tstzrange(lower(valid_during), %(at)s)
where model_name = %(model_name)s and version = %(version)s and upper_inf(valid_during)
"""
OPEN = """
insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason, evidence)
values (%(model_name)s, %(version)s, %(stage)s, tstzrange(%(at)s, null), %(decided_by)s, %(reason)s, %(evidence)s)
"""
VERSIONS = """
select
  model_version.model_name, model_version.version, deployment.stage, model_version.training_date,
  model_version.training_window_start, model_version.training_window_end, model_version.is_active,
  model_version.withdrawal_reason,
  metrics.evaluation_kind, metrics.row_count, metrics.auc_roc, metrics.brier_score, metrics.calibration_error
from ml.model_version
left join lateral (
  select stage from ml.model_deployment
  where model_deployment.version = model_version.version
  order by lower(valid_during) desc, deployment_id desc limit 1
) as deployment on true
left join lateral (
  select * from ml.model_metrics
  where model_version_id = model_version.id and subject = 'model' and segment = 'all' and origin_date is null
  order by id desc limit 1
) as metrics on true
where model_version.model_name = coalesce(%(model_name)s, model_version.model_name)
order by model_version.model_name, model_version.training_date desc, model_version.id desc
"""
HISTORY = """
select model_name, version, stage, lower(valid_during) as valid_from, upper(valid_during) as valid_to,
  decided_by, reason, evidence
from ml.model_deployment
where model_name = %s
order by lower(valid_during), deployment_id
"""
COMPARISON = """
select champion.evaluation_kind, champion.origin_date, champion.row_count,
  champion.auc_roc as first_auc_roc, challenger.auc_roc as second_auc_roc,
  champion.brier_score as first_brier_score, challenger.brier_score as second_brier_score,
  champion.calibration_error as first_calibration_error, challenger.calibration_error as second_calibration_error
from ml.model_metrics as champion
join ml.model_metrics as challenger
  on challenger.evaluation_kind = champion.evaluation_kind
  and challenger.origin_date is not distinct from champion.origin_date
  and challenger.row_count = champion.row_count
  and challenger.subject = champion.subject and challenger.segment = champion.segment
where champion.model_version_id = (select id from ml.model_version where version = %s)
  and challenger.model_version_id = (select id from ml.model_version where version = %s)
  and champion.subject = 'model' and champion.segment = 'all'
order by champion.origin_date nulls last, champion.evaluation_kind
"""


@dataclass(frozen=True)
class Version:
    """A version as the registry knows it; the figures are of its most honest evaluation, None without one.

    `withdrawal_reason` says why it may never serve again, None where it may.
    """

    model_name: str
    version: str
    stage: str | None
    training_date: datetime
    training_window_start: Any
    training_window_end: Any
    is_active: bool
    withdrawal_reason: str | None
    evaluation_kind: str | None
    row_count: int | None
    auc_roc: float | None
    brier_score: float | None
    calibration_error: float | None


@dataclass(frozen=True)
class Stage:
    """A version's time in a stage; `valid_to` is None while it lasts."""

    model_name: str
    version: str
    stage: str
    valid_from: datetime
    valid_to: datetime | None
    decided_by: str
    reason: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Decider:
    """Who switches, and why."""

    name: str
    reason: str
    evidence: dict[str, Any]


def person(reason: str) -> Decider:
    """Name the user at the terminal, with the reason given."""
    return Decider(f"person:{getpass.getuser()}", reason, {})


def versions(connection: Connection[Any], model_name: str | None = None) -> list[Version]:
    """Versions of a model, or of all, newest first."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(VERSIONS, {"model_name": model_name}).fetchall()


def find(connection: Connection[Any], version: str) -> Version:
    """Find one version by its name.

    Raises
    ------
    BellwetherError
        The registry does not know it.
    """
    known = versions(connection)
    for one in known:
        if one.version == version:
            return one
    names = ", ".join(one.version for one in known[:10])
    raise BellwetherError(
        f"There is no version {version!r}.",
        where="ml.model_version" + (f", which has {names}" if names else ", which is empty"),
        remedy="`bellwether models list` shows what there is",
    )


def history(connection: Connection[Any], model_name: str) -> list[Stage]:
    """Stages of all versions of a model in order of time."""
    with connection.cursor(row_factory=class_row(Stage)) as cursor:
        return cursor.execute(HISTORY, [model_name]).fetchall()


def compare(connection: Connection[Any], first: str, second: str) -> list[dict[str, Any]]:
    """Figures of two versions on the evaluations both have: same kind, origin and number of rows."""
    for version in (first, second):
        find(connection, version)
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(COMPARISON, [first, second]).fetchall()


def promote(
    connection: Connection[Any], version: str, decider: Decider, *, compared_with: str | None = None
) -> str | None:
    """Make a version the one in production, in one transaction; returns the version it replaced, None if none.

    Two promotions of one model take turns. The replaced version is archived from the same instant on.

    Parameters
    ----------
    compared_with : str, optional
        The champion that the decision is about. If another one serves by now the decision says nothing and the
        promotion is refused: of two decided against the same champion, the first wins.

    Raises
    ------
    BellwetherError
        The version is unknown, withdrawn or already in production, or another champion serves than it was compared
        with.
    """
    with connection.transaction():
        found = find(connection, version)
        model_name = found.model_name
        if found.withdrawal_reason is not None:
            raise BellwetherError(
                f"{version} was withdrawn: {found.withdrawal_reason}.",
                where=f"model {model_name}",
                remedy="train a new version: the next run does",
            )
        connection.execute(LOCK, [model_name])
        if find(connection, version).is_active:
            raise BellwetherError(f"{version} is in production already.", where=f"model {model_name}")
        at = _instant(connection, model_name)
        replaced = _close(connection, model_name, version, at)
        if compared_with is not None and replaced != compared_with:
            raise BellwetherError(
                f"{version} was compared with {compared_with}, but {replaced or 'nothing'} is in production by now.",
                where=f"model {model_name}",
                remedy="compare it with the version that serves: the next round of the gate does",
            )
        connection.execute(
            "update ml.model_version set is_active = false where model_name = %s and is_active", [model_name]
        )
        connection.execute("update ml.model_version set is_active = true where version = %s", [version])
        _open(connection, model_name, version, "production", at, decider)
        if replaced is not None:
            _open(connection, model_name, replaced, "archived", at, decider)
    return replaced


def archive(connection: Connection[Any], model_name: str, version: str, decider: Decider) -> None:
    """Record that a version stays out of production, and why; a challenger leaves the shadow."""
    _stay_out(connection, model_name, version, "archived", decider)


def challenge(connection: Connection[Any], model_name: str, version: str, decider: Decider) -> None:
    """Put a version into the shadow: it scores beside the champion and nobody acts on it.

    Raises
    ------
    BellwetherError
        The version is in production.
    """
    _stay_out(connection, model_name, version, "shadow", decider)


def _stay_out(connection: Connection[Any], model_name: str, version: str, stage: str, decider: Decider) -> None:
    with connection.transaction():
        connection.execute(LOCK, [model_name])
        if find(connection, version).is_active:
            raise BellwetherError(f"{version} is in production.", where=f"model {model_name}")
        at = _instant(connection, model_name)
        connection.execute(LEAVE, {"model_name": model_name, "version": version, "at": at})
        _open(connection, model_name, version, stage, at, decider)


def roll_back(connection: Connection[Any], model_name: str, decider: Decider) -> tuple[str, str]:
    """Put the version back that served before the present one first did; returns (version back, version removed).

    Rolled back twice, A, B, C goes to B and then to A: never forward to what was just removed, nor to what was
    withdrawn.

    Raises
    ------
    BellwetherError
        Nothing is in production, or nothing served before it.
    """
    with connection.transaction():
        connection.execute(LOCK, [model_name])
        served = [one for one in history(connection, model_name) if one.stage == "production"]
        if not served or served[-1].valid_to is not None:
            raise BellwetherError(f"No version of {model_name!r} is in production.", where="ml.model_deployment")
        present = served[-1].version
        withdrawn = {one.version for one in versions(connection, model_name) if one.withdrawal_reason is not None}
        before = itertools.takewhile(lambda one: one.version != present, served)
        earlier = [one.version for one in before if one.version not in withdrawn]
        if not earlier:
            raise BellwetherError(
                f"{present} is the first version of {model_name!r} that served: there is none to go back to.",
                where="ml.model_deployment",
                remedy="promote another version: `bellwether models promote VERSION --because ...`",
            )
        promote(connection, earlier[-1], decider)
    return earlier[-1], present


def _instant(connection: Connection[Any], model_name: str) -> datetime:
    row = connection.execute(INSTANT, [model_name]).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has a row
    instant: datetime = row[0]
    return instant


def _close(connection: Connection[Any], model_name: str, version: str, at: datetime) -> str | None:
    """End the open stage of the version and of whichever is in production; returns the latter."""
    closed = connection.execute(CLOSE, {"model_name": model_name, "version": version, "at": at}).fetchall()
    return next((row[0] for row in closed if row[1] == "production"), None)


def _open(
    connection: Connection[Any], model_name: str, version: str, stage: str, at: datetime, decider: Decider
) -> None:
    said = {"decided_by": decider.name, "reason": decider.reason, "evidence": Jsonb(decider.evidence)}
    connection.execute(OPEN, {"model_name": model_name, "version": version, "stage": stage, "at": at} | said)
