"""From stored figures to alerts: one of a kind for a version and month, and the newest ones into the outbox.

Drift is judged by `ml.monitoring.drift.verdict`, quality and coverage by the limits of the seed ``monitoring_limit``.
Sending belongs to `outbox`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from dagster_app.lib.alerts.raising import NewAlert, raise_alert
from dagster_app.lib.monitoring.drift import read_limits
from dagster_app.lib.monitoring.label_coverage import coverage_alerts
from dagster_app.lib.monitoring.scored_months import ScoredMonth, scored_by
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame
from warehouse.months import as_of_date
from warehouse.retraining import HOLD_OUT_MONTHS, RetrainingTrigger, TriggerKind, request_retraining

FIGURES = """
select feature_name, adjusted_p_value, psi, effect
from ml.feature_drift
where model_version = %s and as_of_date = %s
order by feature_name
"""
# quality that lies below what the version promised, by more than the limit and beyond its interval
LOST_QUALITY = """
with promised as (
  select version, model_name, (metrics -> 'model' ->> 'auc_roc')::double precision as auc_roc
  from ml.model_version
),

newest as (
  select distinct on (model_version, as_of_date)
    'performance' as alert_type, model_version, as_of_date, value, lower_bound, upper_bound, row_count
  from ml.performance
  where metric_name = 'auc_roc' and segment = 'all'
  order by model_version, as_of_date, labels_known_until desc
),

found as (
  select * from newest
  union all
  select 'estimated_performance', model_version, as_of_date, value, lower_bound, upper_bound, row_count
  from ml.performance_estimate
  where metric_name = 'auc_roc'
)

select
  found.alert_type, promised.model_name, found.model_version, found.as_of_date, found.value, found.lower_bound,
  found.upper_bound, found.row_count, promised.auc_roc as promised
from found
inner join promised
  on found.model_version = promised.version
where found.value < promised.auc_roc - (
  select value from staging.monitoring_limit where limit_name = 'maximum_auc_loss'
)
  and found.upper_bound < promised.auc_roc
order by found.as_of_date, found.model_version, found.alert_type
"""
RECORD = """
insert into ml.monitoring_alert (
  alert_type, severity, model_name, model_version, as_of_date, drift_share, drifted_features, message, metrics, run_id
) values (
  %(alert_type)s, %(severity)s, %(model_name)s, %(model_version)s, %(as_of_date)s, %(drift_share)s,
  %(drifted_features)s, %(message)s, %(metrics)s, %(run_id)s
)
on conflict (alert_type, model_version, as_of_date) do update set
  severity = excluded.severity, drift_share = excluded.drift_share, drifted_features = excluded.drifted_features,
  message = excluded.message, metrics = excluded.metrics, run_id = excluded.run_id
where (monitoring_alert.severity, monitoring_alert.message, monitoring_alert.metrics)
  is distinct from (excluded.severity, excluded.message, excluded.metrics)
returning id
"""
# People hear of the version that serves, of the newest month it scored, and only of what the month before did not say.
NEWS = """
select
  found.model_name, upper(found.alert_type) as alert_type, found.severity, newest.predicted_at,
  format('%%s as of %%s: %%s', found.model_version, found.as_of_date, found.message) as message,
  format('%%s:%%s:%%s', found.alert_type, found.model_version, found.as_of_date) as key
from ml.monitoring_alert as found
inner join ml.model_version
  on found.model_version = model_version.version and model_version.is_active
inner join (
  select model_version, max(as_of_date) as as_of_date, max(predicted_at) as predicted_at
  from ml.prediction
  group by model_version
) as newest
  on found.model_version = newest.model_version
where found.id = any(%(ids)s)
  and (found.as_of_date = newest.as_of_date or found.alert_type in ('performance', 'label_coverage'))
  and not exists (
    select from ml.monitoring_alert as last
    where last.alert_type = found.alert_type
      and last.model_version = found.model_version
      and last.as_of_date = found.as_of_date - interval '1 month'
      and last.severity = found.severity
      and last.drifted_features @> found.drifted_features
  )
order by found.id
"""
# Labels that do not come are no reason to train again: there is nothing to learn from.
TRIGGERS: dict[str, TriggerKind] = {"DRIFT": "drift", "PERFORMANCE": "decay", "ESTIMATED_PERFORMANCE": "decay"}


def raise_alerts(warehouse: Warehouse, months: Sequence[date], run_id: str) -> dict[str, int]:
    """Judge the snapshot months' drift, all quality measured or estimated, and labels that did not come.

    Returns what was recorded and sent. What goes to the outbox also asks for a better version: people and the loop hear
    of the same things.
    """
    with warehouse.connect(Role.MODEL) as connection:
        alerts = [
            alert
            for snapshot_month in sorted(months)
            for month in scored_by(connection, as_of_date(snapshot_month))
            if (alert := _drift_alert(connection, month)) is not None
        ]
        alerts += _quality_alerts(connection) + coverage_alerts(connection)
        recorded = [
            row[0] for alert in alerts if (row := connection.execute(RECORD, alert | {"run_id": run_id}).fetchone())
        ]
        with connection.cursor(row_factory=class_row(NewAlert)) as cursor:
            news = cursor.execute(NEWS, {"ids": recorded}).fetchall()
        sent = [alert for alert in news if raise_alert(connection, alert)]
        asked = [request_retraining(connection, _trigger(alert)) for alert in sent if alert.alert_type in TRIGGERS]
    return {
        "found": len(alerts),
        "new_or_changed": len(recorded),
        "to_the_outbox": len(sent),
        "retrainings_asked": sum(number is not None for number in asked),
    }


def _trigger(alert: NewAlert) -> RetrainingTrigger:
    """Ask for a better version because of an alert: it has to learn from labels of the time the alert is about."""
    since = alert.key.rpartition(":")[2]
    evidence = {"alert": alert.message, "labels_since": since, "hold_out_months": HOLD_OUT_MONTHS}
    return RetrainingTrigger(str(alert.model_name), TRIGGERS[alert.alert_type], alert.key, evidence)


def _drift_alert(connection: Connection[Any], month: ScoredMonth) -> dict[str, Any] | None:
    from ml.monitoring.drift.verdict import assess_drift

    figures = read_frame(connection, FIGURES, [month.version, month.as_of_date])
    if figures.empty:
        return None
    verdict = assess_drift(figures, read_limits(connection))
    if not verdict.is_drifted:
        return None
    return {
        "alert_type": "drift",
        "severity": verdict.severity,
        "model_name": month.model_name,
        "model_version": month.version,
        "as_of_date": month.as_of_date,
        "drift_share": verdict.drift_share,
        "drifted_features": verdict.drifted_features,
        "message": verdict.message,
        "metrics": Jsonb(verdict.metrics),
    }


def _quality_alerts(connection: Connection[Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LOST_QUALITY).fetchall()
    return [_quality_alert(row) for row in rows]


def _quality_alert(row: dict[str, Any]) -> dict[str, Any]:
    is_measured = row["alert_type"] == "performance"
    words = "measured" if is_measured else "estimated (no labels yet)"
    figures = {name: row[name] for name in ("value", "lower_bound", "upper_bound", "promised", "row_count")}
    return {
        **{name: row[name] for name in ("alert_type", "model_name", "model_version", "as_of_date")},
        "severity": "critical" if is_measured else "warning",
        "drift_share": None,
        "drifted_features": [],
        "message": f"{words} ROC AUC {row['value']:.3f} ({row['lower_bound']:.3f} to {row['upper_bound']:.3f}),"
        f" expected {row['promised']:.3f} from the backtest",
        "metrics": Jsonb({"auc_roc": figures}),
    }
