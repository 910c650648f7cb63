"""What a run ends with: a few figures, each read from the table that holds it. Showing them belongs to the CLI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from warehouse.connection import Role, Warehouse

SCORES = """
select target_name, as_of_date, scored_count, high_risk_count, value_at_risk, currency
from intermediate.int_risk__scoring_summary
order by is_documented desc, target_name
"""
QUALITY = """
select
  model_metrics.subject, model_metrics.auc_roc, model_metrics.calibration_error, model_metrics.evaluation_kind,
  model_version.model_name
from ml.model_metrics
inner join ml.model_version
  on model_metrics.model_version_id = model_version.id
inner join intermediate.int_outcomes__target as target
  on model_version.target_name = target.target_name
where model_version.is_active and model_metrics.origin_date is null
order by target.is_documented desc, model_version.model_name, model_metrics.id
"""
CHECKS = """
with latest as (
  select distinct on (relation, check_name, partition_key) relation, passed, severity
  from monitoring.check_result
  order by relation, check_name, partition_key, check_result_id desc
)

select
  count(*) filter (where passed) as passed,
  count(*) filter (where not passed and severity = 'warn') as warned,
  count(*) filter (where not passed and severity = 'error') as failed
from latest
"""
COMPANY = """
select
  (select company from source.data_package order by loaded_at desc, package_name limit 1) as company,
  (select bool_or(is_simulated) from source.data_package) as is_simulated,
  (select string_agg(version, ', ' order by is_documented desc, target_name)
   from ml.model_version join intermediate.int_outcomes__target using (target_name)
   where is_active) as model_version,
  (select count(*) from quarantine.rejected_row where status = 'open') as quarantined,
  (select count(*) from ml.alert where was_sent) as alerts_sent,
  (select count(distinct as_of_date) from ml.prediction) as scored_months,
  (select count(*) from ml.message_classification as classification join ml.model_version as active
   on active.version = classification.model_version and active.is_active) as messages_read,
  (select count(*) from ml.message_classification as classification join ml.model_version as active
   on active.version = classification.model_version and active.is_active
   where classification.is_unknown) as messages_unknown
"""


@dataclass(frozen=True)
class Quality:
    """Out-of-time quality of one subject: the model, or a baseline next to it."""

    subject: str
    auc_roc: float
    calibration_error: float | None
    evaluation_kind: str
    model_name: str


@dataclass(frozen=True)
class TargetScores:
    """The newest scoring of one target; `value_at_risk` is expected lost margin in `currency`."""

    target_name: str
    as_of_date: date
    scored: int
    high_risk: int
    value_at_risk: float | None
    currency: str | None


@dataclass(frozen=True)
class RunSummary:
    """The figures of a finished run; `scores` has one entry for each target that is scored."""

    company: str
    is_simulated: bool
    is_unchanged: bool
    model_version: str | None
    scores: tuple[TargetScores, ...]
    scored_months: int
    quality: tuple[Quality, ...]
    checks_passed: int
    checks_warned: int
    checks_failed: int
    quarantined: int
    alerts_sent: int
    messages_read: int
    messages_unknown: int


def summarise(warehouse: Warehouse, *, is_unchanged: bool) -> RunSummary:
    """Read the figures of the company in its present state."""
    with warehouse.connect(Role.TRANSFORMER) as connection:
        company = _one(connection, COMPANY)
        scores = tuple(TargetScores(*row) for row in connection.execute(SCORES))
        checks = _one(connection, CHECKS)
        quality = tuple(Quality(*row) for row in connection.execute(QUALITY))
    return RunSummary(
        company=company["company"],
        is_simulated=bool(company["is_simulated"]),
        is_unchanged=is_unchanged,
        model_version=company["model_version"],
        scores=scores,
        scored_months=company["scored_months"],
        quality=quality,
        checks_passed=checks["passed"],
        checks_warned=checks["warned"],
        checks_failed=checks["failed"],
        quarantined=company["quarantined"],
        alerts_sent=company["alerts_sent"],
        messages_read=company["messages_read"],
        messages_unknown=company["messages_unknown"],
    )


def _one(connection: Connection[Any], query: str) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query).fetchone()
    if row is None:
        raise RuntimeError(f"an aggregate returned no row: {query}")
    return row
