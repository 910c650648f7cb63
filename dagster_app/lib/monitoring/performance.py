"""Realised quality of scored months whose labels are mature, and estimates for those whose are not.

Queries and writing; metrics and estimates belong to `ml`. Figures of corrected labels are further rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from psycopg import Connection
from psycopg.rows import dict_row

from dagster_app.lib.dbt.vars import business_timezone
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.monitoring.scored_months import ScoredMonth, scored_by
from warehouse.connection import Role, Warehouse
from warehouse.frames import copy_frame, read_frame
from warehouse.months import as_of_date, as_of_instant

if TYPE_CHECKING:
    import pandas as pd

    from ml.risk.bundle import Bundle

NEWEST_LABELLED_ROWS = 20_000
"""Labelled scores that a recalibration learns from, the newest ones."""

# what is not yet measured with the labels known today
DUE = """
with labelled as (
  select model_version.version, prediction.as_of_date, count(*) as row_count, max(latest_label.known_at) as known_until
  from ml.prediction
  inner join ml.model_version
    on prediction.model_version = model_version.version
  inner join intermediate.int_outcomes__maturity as maturity
    on model_version.target_name = maturity.target_name
    and prediction.as_of_date = maturity.as_of_date
    and maturity.is_mature
  inner join ml.latest_label
    on model_version.target_name = latest_label.target_name
    and prediction.customer_code = latest_label.customer_code
    and prediction.as_of_date = latest_label.as_of_date
  -- figures of a month that was learned from would flatter
  left join ml.learned_date
    on model_version.version = learned_date.model_version
    and prediction.as_of_date = learned_date.as_of_date
  where learned_date.model_version is null
  group by model_version.version, prediction.as_of_date
)

select model_version.model_name, labelled.version, model_version.target_name, model_version.artifact_sha256,
  labelled.as_of_date, labelled.known_until
from labelled
inner join ml.model_version
  on labelled.version = model_version.version
where not exists (
  select from ml.performance
  where performance.model_version = labelled.version
    and performance.as_of_date = labelled.as_of_date
    and performance.labels_known_until = labelled.known_until
    and performance.segment = 'all'
    and performance.row_count = labelled.row_count
)
order by labelled.as_of_date, labelled.version
"""
LABELLED = """
select distinct on (prediction.customer_code) prediction.probability, label.label, prediction.features
from ml.scores_as_of(%(as_of)s) as prediction
inner join ml.latest_label as label
  on label.target_name = %(target)s
  and label.as_of_date = %(as_of)s
  and prediction.customer_code = label.customer_code
where prediction.model_version = %(version)s
order by prediction.customer_code, prediction.id desc
"""
SCORES = """
select probability
from ml.scores_as_of(%(as_of)s)
where model_version = %(version)s
order by customer_code
"""
# the version's own scores out of time, whose labels were mature and known at the instant of the estimate
CALIBRATION = """
select probability, label
from (
  select distinct on (prediction.customer_code, prediction.as_of_date)
    prediction.probability, label.label, prediction.as_of_date, prediction.customer_code
  from ml.prediction
  inner join intermediate.int_outcomes__maturity as maturity
    on maturity.target_name = %(target)s
    and prediction.as_of_date = maturity.as_of_date
    and maturity.matures_at <= %(instant)s
  inner join ml.label
    on label.target_name = %(target)s
    and prediction.customer_code = label.customer_code
    and prediction.as_of_date = label.as_of_date
    and label.known_at <= %(instant)s
  where prediction.model_version = %(version)s
    and prediction.predicted_at < %(instant)s
    and prediction.as_of_date not in (
      select learned_date.as_of_date from ml.learned_date where learned_date.model_version = %(version)s
    )
  order by prediction.customer_code, prediction.as_of_date, label.known_at desc, label.label_id desc
) as latest
order by as_of_date desc, customer_code
limit %(rows)s
"""


def measure_performance(warehouse: Warehouse, store: BundleStore, run_id: str) -> dict[str, int]:
    """Measure every scored month whose mature labels are new or corrected; rows written by version and month."""
    written: dict[str, int] = {}
    with warehouse.connect(Role.MODEL) as connection:
        with connection.cursor(row_factory=dict_row) as cursor:
            due = cursor.execute(DUE).fetchall()
        for row in due:
            known_until = row.pop("known_until")
            month = ScoredMonth(**row)
            figures = _measure(connection, store, month)
            stamped = _stamped(figures, month, run_id).assign(labels_known_until=known_until)
            connection.execute(
                "delete from ml.performance where model_version = %s and as_of_date = %s and labels_known_until = %s",
                [month.version, month.as_of_date, known_until],
            )
            written[f"{month.version} {month.as_of_date}"] = copy_frame(connection, stamped, "ml.performance")
            connection.commit()
    return written


def estimate_performance(
    warehouse: Warehouse, store: BundleStore, months: Sequence[date], run_id: str
) -> dict[str, float]:
    """Estimate each snapshot month for each version that scored it, in place; return the estimated ROC AUC."""
    timezone = business_timezone(warehouse)
    found: dict[str, float] = {}
    for snapshot_month in sorted(months):
        with warehouse.connect(Role.MODEL) as connection:
            for month in scored_by(connection, as_of_date(snapshot_month)):
                figures = _estimate(connection, store, month, as_of_instant(snapshot_month, timezone))
                connection.execute(
                    "delete from ml.performance_estimate where model_version = %s and as_of_date = %s",
                    [month.version, month.as_of_date],
                )
                copy_frame(connection, _stamped(figures, month, run_id), "ml.performance_estimate")
                auc = figures.loc[figures["metric_name"] == "auc_roc", "value"]
                found |= {f"{month.version} {month.as_of_date}": float(value) for value in auc}
    return found


def _measure(connection: Connection[Any], store: BundleStore, month: ScoredMonth) -> pd.DataFrame:
    from ml.monitoring.live_performance import performance

    bundle = _bundle(store, month)
    rows = read_frame(connection, LABELLED, _values(month))
    columns = tuple(feature.name for feature in bundle.features if feature.kind == "categorical")
    documents = rows.pop("features")
    rows = rows.assign(**{name: [document.get(name) for document in documents] for name in columns})
    return performance(
        rows,
        threshold=bundle.threshold,
        capacity_ratio=bundle.target.capacity_ratio,
        segment_columns=columns,
        rng=_chance(month),
    )


def _estimate(connection: Connection[Any], store: BundleStore, month: ScoredMonth, instant: datetime) -> pd.DataFrame:
    from ml.monitoring.performance_estimate.estimate import estimate
    from ml.monitoring.performance_estimate.recalibration import recalibrate

    bundle = _bundle(store, month)
    known = read_frame(connection, CALIBRATION, _values(month) | {"instant": instant, "rows": NEWEST_LABELLED_ROWS})
    scores = read_frame(connection, SCORES, _values(month))["probability"].to_numpy("float64")
    rng = _chance(month)
    recalibration = recalibrate(known["probability"].to_numpy("float64"), known["label"].to_numpy("int64"), rng)
    figures = estimate(
        scores,
        recalibration,
        threshold=bundle.threshold,
        capacity_ratio=bundle.target.capacity_ratio,
        rng=rng,
    )
    return figures.assign(
        row_count=len(scores),
        calibration_row_count=recalibration.row_count,
        calibration_slope=recalibration.line.slope,
        calibration_intercept=recalibration.line.intercept,
    )


def _values(month: ScoredMonth) -> dict[str, Any]:
    return {"version": month.version, "as_of": month.as_of_date, "target": month.target_name}


def _bundle(store: BundleStore, month: ScoredMonth) -> Bundle:
    return store.load(month.model_name, month.version, month.artifact_sha256)


def _stamped(figures: pd.DataFrame, month: ScoredMonth, run_id: str) -> pd.DataFrame:
    return figures.assign(
        model_name=month.model_name, model_version=month.version, as_of_date=month.as_of_date, run_id=run_id
    )


def _chance(month: ScoredMonth) -> np.random.Generator:
    """Return the generator of a version and month: measuring twice gives the same intervals."""
    digest = hashlib.sha256(f"{month.version}:{month.as_of_date}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
