"""Score months with the active model, chunk by chunk; the arithmetic belongs to `ml`, writing to the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from dagster_app.lib.dbt.vars import business_timezone
from dagster_app.lib.models.registry import ActiveModel, active_model, registered_model
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.risk import inputs as model_inputs
from dagster_app.lib.risk.predictions import PredictionWriter, ScoredMonth, WrittenMonth
from dagster_app.lib.runs import progress
from warehouse.connection import Role, Warehouse
from warehouse.database.planner_statistics import gather_statistics
from warehouse.months import as_of_date, as_of_instant

if TYPE_CHECKING:
    from psycopg import Connection

    from ml.risk.bundle import Bundle


@dataclass(frozen=True)
class Scorer:
    """The active model, loaded and verified, with the expressions of its features."""

    active: ActiveModel
    bundle: Bundle
    expressions: dict[str, Any]


def load_scorer(warehouse: Warehouse, store: BundleStore, model_name: str, version: str | None = None) -> Scorer:
    """Load a version's bundle, the active version's if none is named.

    Raises
    ------
    RuntimeError
        If no version is active, or the bundle needs a feature that the warehouse no longer has.
    """
    with warehouse.connect(Role.MODEL) as connection:
        active = active_model(connection, model_name) if version is None else registered_model(connection, version)
        if active is None:
            raise RuntimeError(f"no version of model {model_name!r} is active: run the job train_and_score first")
        expressions = model_inputs.read_expressions(connection)
    bundle = store.load(active.model_name, active.version, active.artifact_sha256)
    missing = [name for name in bundle.features.names if name not in expressions]
    if missing:
        raise RuntimeError(f"{active.version} needs features that are no longer built: {', '.join(missing)}")
    return Scorer(active, bundle, {name: expressions[name] for name in bundle.features.names})


def score_months(
    warehouse: Warehouse, store: BundleStore, model_name: str, months: Sequence[date], run_id: str
) -> dict[date, WrittenMonth]:
    """Score each month in order of time, so that alerts see earlier scores first; each month is one transaction.

    A company without a model, because it has too few labels, has no scores: nothing is written. Nor is anything for
    months before the first in which the target was asked of anybody.
    """
    with warehouse.connect(Role.MODEL) as connection:
        if active_model(connection, model_name) is None:
            progress.report("scoring", len(months), len(months), "no model to score with")
            return {}
    scorer = load_scorer(warehouse, store, model_name)
    with warehouse.connect(Role.MODEL) as connection:
        first = model_inputs.first_asked_month(connection, scorer.bundle.target.name)
    asked = [month for month in months if first is None or month >= first]
    return _score(warehouse, scorer, asked, run_id, "production")


def shadow_months(
    warehouse: Warehouse, store: BundleStore, model_name: str, version: str, months: Sequence[date], run_id: str
) -> dict[date, WrittenMonth]:
    """Score months with a version next to the one in production; these scores are not used."""
    return _score(warehouse, load_scorer(warehouse, store, model_name, version), months, run_id, "shadow")


def _score(
    warehouse: Warehouse, scorer: Scorer, months: Sequence[date], run_id: str, stage: str
) -> dict[date, WrittenMonth]:
    model_name = scorer.active.model_name
    timezone = business_timezone(warehouse)
    written = {}
    for position, month in enumerate(sorted(months)):
        progress.report("scoring", position, len(months), f"{month:%Y-%m}")
        target = ScoredMonth(
            model_name, scorer.active.version, as_of_date(month), as_of_instant(month, timezone), run_id, stage
        )
        written[month] = _score_month(warehouse, scorer, month, target)
    if any(month.changed or month.deleted for month in written.values()):
        gather_statistics(warehouse, ["ml.prediction"])
    progress.report("scoring", len(months), len(months))
    return written


def _score_month(warehouse: Warehouse, scorer: Scorer, month: date, target: ScoredMonth) -> WrittenMonth:
    from ml.risk.scoring import CHUNK_ROWS, score

    target_name = scorer.bundle.target.name
    _ensure_partition(warehouse, target.predicted_at)
    with warehouse.connect(Role.MODEL) as reading, warehouse.connect(Role.MODEL) as writing:
        writer = PredictionWriter(writing, target)
        for chunk in model_inputs.iter_month_rows(reading, target_name, month, scorer.expressions, CHUNK_ROWS):
            result = score(scorer.bundle, chunk)
            if len(result.refused):
                _refuse(result.refused, target)
            writer.add(result.published)
        return writer.replace()


def _ensure_partition(warehouse: Warehouse, predicted_at: datetime) -> None:
    day = predicted_at.date()
    with warehouse.connect(Role.MODEL) as connection:
        ensure_prediction_partition(connection, day)


def ensure_prediction_partition(connection: Connection[Any], day: date) -> None:
    """Create the month's partition of ``ml.prediction`` ahead of its rows; an existing one is left as it is."""
    connection.execute("select ml.ensure_partitions('ml.prediction'::regclass, %s, %s)", [day, day])
    connection.commit()


def _refuse(refused: Any, target: ScoredMonth) -> None:
    first = refused.iloc[0]
    raise dg.Failure(
        description=(
            f"{len(refused)} scores of {target.as_of_date} do not add up and nothing of the month is published;"
            f" the first is customer {first['customer_code']}: {first['reason']}"
        ),
        allow_retries=False,
    )
