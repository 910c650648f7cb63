"""Results of a simulated year: versions in production, their quality, and what the first champion would have scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.year_company import MARTS, MODEL, build
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.monitoring.performance import measure_performance
from dagster_app.lib.risk.scoring import shadow_months
from dagster_app.lib.risk.training import SEED
from ml.metrics.calibration_error import calibration_error
from ml.metrics.roc_auc import roc_auc
from ml.promotion.bootstrap import MetricDifference, paired_differences
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame

if TYPE_CHECKING:
    from ml.metrics.arrays import FloatArray, IntArray

FIRST_CHAMPION = """
select version from ml.model_deployment
where model_name = %s and stage = 'production' order by lower(valid_during) limit 1
"""
UNSCORED = """
select distinct snapshot_month from intermediate.int_outcomes__cohort as cohort
where as_of_date >= (select min(as_of_date) from ml.prediction where model_stage = 'production')
  and not exists (
    select 1 from ml.prediction where model_version = %s and prediction.as_of_date = cohort.as_of_date)
order by snapshot_month
"""
ROWS = """
select served.as_of_date, served.customer_code, label.label::integer as label, served.model_version as version,
  served.probability as serving, frozen.probability as frozen
from ml.prediction as served
inner join ml.prediction as frozen
  on frozen.model_version = %s and frozen.customer_code = served.customer_code
  and frozen.as_of_date = served.as_of_date
inner join ml.label
  on label.target_name = 'churn' and label.customer_code = served.customer_code
  and label.as_of_date = served.as_of_date
where served.model_stage = 'production'
order by served.as_of_date, served.customer_code
"""
ATTEMPTS = """
select id, trigger_kind, shadow_model_version, production_model_version, state, promoted, verdict, reasons
from monitoring.retraining_metrics order by id
"""
WATCH = """
select model_version, as_of_date, evidence_kind, is_within_band, rolled_back_to
from monitoring.promotion_watch order by as_of_date, evidence_kind
"""
ALERTS = "select alert_type, severity, message from ml.alert where customer_id is null order by id"
PERFORMANCE = """
select model_version, as_of_date, metric_name, value, row_count from monitoring.model_performance_monthly
where segment = 'all' and metric_name in ('auc_roc', 'calibration_error') and value is not null
"""


@dataclass(frozen=True)
class Quality:
    """Serving and frozen scores on the same rows of one or more months."""

    row_count: int
    auc: float
    frozen_auc: float
    error: float
    frozen_error: float
    auc_difference: MetricDifference


@dataclass(frozen=True)
class Year:
    """What is known of a year when it is over.

    Parameters
    ----------
    frozen : str
        The version that served first.
    rows : DataFrame
        One row a customer and labelled month: ``as_of_date``, ``label``, ``version`` (that served), ``serving`` and
        ``frozen`` (probabilities).
    attempts, watch, alerts, performance : DataFrame
        The loop's own records, from the marts where there are some.
    """

    frozen: str
    rows: pd.DataFrame
    attempts: pd.DataFrame
    watch: pd.DataFrame
    alerts: pd.DataFrame
    performance: pd.DataFrame

    def months(self) -> pd.DataFrame:
        """Return a row a month: who served, its AUC and calibration error, and those of the first champion."""
        rows = [
            {"as_of_date": day, "version": month["version"].iloc[0], **_figures(month)}
            for day, month in self.rows.groupby("as_of_date")
        ]
        return pd.DataFrame(rows)

    def quality(self, rows: pd.DataFrame) -> Quality:
        """Compare what served with the first champion on the same rows, with an interval by customer."""
        labels, serving, frozen = _arrays(rows)
        differences = paired_differences(
            labels, frozen, serving, rows["customer_code"].tolist(), resamples=500, tail=0.025, seed=SEED
        )
        found = _figures(rows)
        return Quality(
            len(rows), found["auc"], found["frozen_auc"], found["ece"], found["frozen_ece"], differences["auc_roc"]
        )


def finish(warehouse: Warehouse) -> Year:
    """Let the first champion score in the shadow what it has not, measure it, build the marts and read the year."""
    with warehouse.connect(Role.MODEL) as connection:
        row = connection.execute(FIRST_CHAMPION, [MODEL]).fetchone()
        if row is None:
            raise RuntimeError("no version of the model ever served: let the first month close")
        frozen = str(row[0])
        unscored = [found[0] for found in connection.execute(UNSCORED, [frozen]).fetchall()]
    store = BundleStore(warehouse.folders.models)
    shadow_months(warehouse, store, MODEL, frozen, unscored, "end of the year")
    measure_performance(warehouse, store, "end of the year")
    build(warehouse, *MARTS)
    with warehouse.connect(Role.OWNER) as connection:
        frames = [read_frame(connection, query) for query in (ATTEMPTS, WATCH, ALERTS, PERFORMANCE)]
        return Year(frozen, read_frame(connection, ROWS, [frozen]), *frames)


def _figures(rows: pd.DataFrame) -> dict[str, float]:
    labels, serving, frozen = _arrays(rows)
    return {
        "auc": roc_auc(labels, serving) or float("nan"),
        "ece": calibration_error(labels, serving),
        "frozen_auc": roc_auc(labels, frozen) or float("nan"),
        "frozen_ece": calibration_error(labels, frozen),
    }


def _arrays(rows: pd.DataFrame) -> tuple[IntArray, FloatArray, FloatArray]:
    return (
        rows["label"].to_numpy("int64"),
        rows["serving"].to_numpy("float64"),
        rows["frozen"].to_numpy("float64"),
    )
