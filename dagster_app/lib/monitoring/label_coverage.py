"""Scored months whose labels were due and did not come: without them nothing is measured and no version replaced.

Only the months of the version that serves. What becomes of an alert belongs to `monitoring_alerts`.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

UNCOVERED = """
with scored as (
  select
    model_version.model_name, model_version.version as model_version, prediction.as_of_date,
    exists (
      select from ml.label
      where label.target_name = model_version.target_name
        and label.customer_code = prediction.customer_code
        and label.as_of_date = prediction.as_of_date
    ) as is_labelled
  from ml.prediction
  inner join ml.model_version
    on prediction.model_version = model_version.version and model_version.is_active
  inner join intermediate.int_outcomes__maturity as maturity
    on maturity.target_name = model_version.target_name
    and maturity.as_of_date = prediction.as_of_date
    and maturity.is_mature
  where prediction.model_stage = 'production' and prediction.request_source = 'batch'
)

select
  model_name, model_version, as_of_date, count(*) as row_count,
  count(*) filter (where is_labelled) as labelled_count
from scored
group by model_name, model_version, as_of_date
having count(*) filter (where is_labelled) < count(*) * (
  select value from staging.monitoring_limit where limit_name = 'minimum_label_coverage'
)
order by as_of_date
"""


def coverage_alerts(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Return one alert for each month of the serving version whose due labels are missing for too many scores."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_alert(row) for row in cursor.execute(UNCOVERED).fetchall()]


def _alert(row: dict[str, Any]) -> dict[str, Any]:
    counts = {name: row.pop(name) for name in ("row_count", "labelled_count")}
    return {
        **row,
        "alert_type": "label_coverage",
        "severity": "warning",
        "drift_share": None,
        "drifted_features": [],
        "message": f"labels are due, and known for {counts['labelled_count']} of {counts['row_count']} scores:"
        " neither quality is measured nor a challenger judged on the rest; load the labels, or ask where they are",
        "metrics": Jsonb(counts),
    }
