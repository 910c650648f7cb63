"""Model stages: the version in production, switches and their history; not the promotion rules (`ml.promotion`).

A switch is one transaction under the lock of the model; the database allows one production version at a time.
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
# Later than every boundary so far, even if the clock was set back.
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
    """A version of the registry. Its metrics are those of the best available evaluation, None without one.

    `withdrawal_reason` is the reason why it must not be in production again, None where it may.
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
class ModelStagePeriod:
    """The period of a version in a model stage; `valid_to` is None for the present one."""

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
    """Who decides a switch, and the reason."""

    name: str
    reason: str
    evidence: dict[str, Any]


def current_user_decider(reason: str) -> Decider:
    """Return the current user as decider, with a reason."""
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
        Not in the registry.
    """
    known = versions(connection)
    for one in known:
        if one.version == version:
            return one
    names = ", ".join(one.version for one in known[:10])
    raise BellwetherError(
        f"There is no version {version!r}.",
        where="ml.model_version" + (f", which has {names}" if names else ", which is empty"),
        remedy="`bellwether models list` lists all versions",
    )


def stage_history(connection: Connection[Any], model_name: str) -> list[ModelStagePeriod]:
    """Stages of all versions of a model in order of time."""
    with connection.cursor(row_factory=class_row(ModelStagePeriod)) as cursor:
        return cursor.execute(HISTORY, [model_name]).fetchall()


def compare_versions(connection: Connection[Any], first: str, second: str) -> list[dict[str, Any]]:
    """Metrics of two versions on their common evaluations: same kind, origin and number of rows."""
    for version in (first, second):
        find(connection, version)
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(COMPARISON, [first, second]).fetchall()


def promote(
    connection: Connection[Any], version: str, decider: Decider, *, compared_with: str | None = None
) -> str | None:
    """Put a version into production, in one transaction; returns the version it replaced, None if none.

    Promotions of one model wait for each other. The replaced version is archived from the same instant on.

    Parameters
    ----------
    compared_with : str, optional
        The champion of the comparison. The promotion is rejected if another one is in production by now.

    Raises
    ------
    BellwetherError
        The version is unknown, withdrawn or already in production, or was compared with another champion than the
        present one.
    """
    with connection.transaction():
        found = find(connection, version)
        model_name = found.model_name
        if found.withdrawal_reason is not None:
            raise BellwetherError(
                f"{version} was withdrawn: {found.withdrawal_reason}.",
                where=f"model {model_name}",
                remedy="train a new version: `bellwether run`",
            )
        connection.execute(LOCK, [model_name])
        if find(connection, version).is_active:
            raise BellwetherError(f"{version} is in production already.", where=f"model {model_name}")
        at = _clock(connection, model_name)
        replaced = _close(connection, model_name, version, at)
        if compared_with is not None and replaced != compared_with:
            raise BellwetherError(
                f"{version} was compared with {compared_with}, but {replaced or 'no version'} is in production now.",
                where=f"model {model_name}",
                remedy="wait for the next run of the promotion gate: it compares with the production version",
            )
        off = "update ml.model_version set is_active = false where model_name = %s and is_active"
        connection.execute(off, [model_name])
        connection.execute("update ml.model_version set is_active = true where version = %s", [version])
        _open(connection, model_name, version, "production", at, decider)
        if replaced is not None:
            _open(connection, model_name, replaced, "archived", at, decider)
    return replaced


def archive(connection: Connection[Any], model_name: str, version: str, decider: Decider) -> None:
    """Record that a version is not promoted, and why; a challenger leaves shadow mode."""
    _record_not_promoted(connection, model_name, version, "archived", decider)


def enter_shadow(connection: Connection[Any], model_name: str, version: str, decider: Decider) -> None:
    """Put a version into shadow mode: it scores together with the champion, and its scores are not used.

    Raises
    ------
    BellwetherError
        The version is in production.
    """
    _record_not_promoted(connection, model_name, version, "shadow", decider)


def _record_not_promoted(
    connection: Connection[Any], model_name: str, version: str, stage: str, decider: Decider
) -> None:
    with connection.transaction():
        connection.execute(LOCK, [model_name])
        if find(connection, version).is_active:
            raise BellwetherError(f"{version} is in production.", where=f"model {model_name}")
        at = _clock(connection, model_name)
        connection.execute(LEAVE, {"model_name": model_name, "version": version, "at": at})
        _open(connection, model_name, version, stage, at, decider)


def roll_back(connection: Connection[Any], model_name: str, decider: Decider) -> tuple[str, str]:
    """Restore the production version before the present one; returns (restored version, removed version).

    After promotions of A, B and C, two rollbacks lead to B and then to A, never to C or to a withdrawn version.

    Raises
    ------
    BellwetherError
        No version is in production, or none was before the present one.
    """
    with connection.transaction():
        connection.execute(LOCK, [model_name])
        served = [one for one in stage_history(connection, model_name) if one.stage == "production"]
        if not served or served[-1].valid_to is not None:
            raise BellwetherError(f"No version of {model_name!r} is in production.", where="ml.model_deployment")
        present = served[-1].version
        withdrawn = {one.version for one in versions(connection, model_name) if one.withdrawal_reason is not None}
        before = itertools.takewhile(lambda one: one.version != present, served)
        earlier = [one.version for one in before if one.version not in withdrawn]
        if not earlier:
            raise BellwetherError(
                f"{present} is the first production version of {model_name!r}: there is no previous one.",
                where="ml.model_deployment",
                remedy="promote another version: `bellwether models promote VERSION --reason ...`",
            )
        promote(connection, earlier[-1], decider)
    return earlier[-1], present


def _clock(connection: Connection[Any], model_name: str) -> datetime:
    row = connection.execute(INSTANT, [model_name]).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has a row
    instant: datetime = row[0]
    return instant


def _close(connection: Connection[Any], model_name: str, version: str, at: datetime) -> str | None:
    """End the open stage of the version and of the production version; returns the latter."""
    closed = connection.execute(CLOSE, {"model_name": model_name, "version": version, "at": at}).fetchall()
    return next((row[0] for row in closed if row[1] == "production"), None)


def _open(
    connection: Connection[Any], model_name: str, version: str, stage: str, at: datetime, decider: Decider
) -> None:
    decision = {"decided_by": decider.name, "reason": decider.reason, "evidence": Jsonb(decider.evidence)}
    connection.execute(OPEN, {"model_name": model_name, "version": version, "stage": stage, "at": at} | decision)
