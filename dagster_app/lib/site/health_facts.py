"""What the marts say of the models' health, model by model, for the page that shows it.

Only queries and their grouping: figures belong to the marts, words and charts to `health_page` and `health_charts`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]

QUERIES = {
    "versions": """
select version.model_name, version.version, version.is_active, metadata.model_stage, metadata.deployed_at,
  version.training_date, version.training_window_start, version.training_window_end, version.metrics,
  (version.metrics -> 'model' ->> 'auc_roc')::double precision as auc_roc,
  (version.metrics -> 'model' ->> 'calibration_error')::double precision as calibration_error,
  (version.metrics -> 'model' ->> 'brier_score')::double precision as brier_score
from analytics.model_version as version
inner join analytics.model_metadata as metadata
  on version.id = metadata.id
order by version.id desc
""",
    "scored": """
select model_name, model_version, as_of_date, has_served, is_mature, prediction_count, labelled_count, label_coverage
from monitoring.label_coverage_monthly
order by as_of_date, model_version
""",
    "quality": """
select model_name, model_version, as_of_date, metric_name, row_count, positive_count, value, lower_bound, upper_bound,
  labels_known_until, estimated_value, estimated_lower_bound, estimated_upper_bound, estimation_error
from monitoring.model_performance_monthly
where segment = 'all'
order by as_of_date, model_version, metric_name
""",
    "drift": """
select model_name, model_version, as_of_date, feature_name, test, statistic, p_value, adjusted_p_value, psi,
  jensen_shannon_distance, mean_shift_deviations, effect, missing_ratio, reference_missing_ratio, row_count,
  bin_counts, is_drifted
from monitoring.feature_drift
order by as_of_date, model_version, is_drifted desc, effect desc, feature_name
""",
    "attempts": """
select model_name, id, created_at, trigger_kind, state, shadow_model_version, production_model_version, gate_passed,
  promoted, shadow_f1_score, production_f1_score, verdict, reasons, decided_at, override_by, override_reason
from monitoring.retraining_metrics
order by id desc
""",
    "decisions": """
select model_name, event_id, decided_at, model_version, event_kind, outcome, decided_by, reason, as_of_date
from monitoring.decision_log
order by decided_at desc, event_id desc
""",
    "alerts": """
select alert.model_name, alert.created_at, alert.alert_type, alert.severity, alert.message, alert.model_version,
  alert.as_of_date, coalesce(version.is_active, false) as is_of_the_champion
from monitoring.monitoring_alerts as alert
left join analytics.model_version as version
  on alert.model_version = version.version
order by alert.as_of_date desc, alert.created_at desc, alert.id desc
""",
    "messages": """
select model_name, model_version, checked_at, unknown_rate, correction_rate, confidence_drift
from monitoring.model_health
order by checked_at, model_version
""",
}
LABELS = "select feature_name, label_en from analytics.feature_dictionary"


@dataclass(frozen=True)
class ModelFacts:
    """One model's rows of each query, in the order of the query; a model without rows of a kind has an empty list."""

    name: str
    versions: list[Row] = field(default_factory=list)
    scored: list[Row] = field(default_factory=list)
    quality: list[Row] = field(default_factory=list)
    drift: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)

    @property
    def champion(self) -> Row | None:
        """The version that serves, or None."""
        return next((row for row in self.versions if row["is_active"]), None)

    @property
    def challengers(self) -> list[Row]:
        """Versions that score in shadow mode, waiting for the gate."""
        return [row for row in self.versions if row["model_stage"] == "shadow"]


def read_models(connection: Connection[Any]) -> list[ModelFacts]:
    """Return the facts of every registered model, those that score customers by month first."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(dict)
    with connection.cursor(row_factory=dict_row) as cursor:
        for kind, query in QUERIES.items():
            for row in cursor.execute(query):
                found[row["model_name"]].setdefault(kind, []).append(row)
    models = [ModelFacts(name, **rows) for name, rows in found.items() if "versions" in rows]
    return sorted(models, key=lambda model: (not model.scored, model.name))


def read_labels(connection: Connection[Any]) -> dict[str, str]:
    """Return the English label of each feature of the dictionary; a company's own attributes have none."""
    return dict(connection.execute(LABELS).fetchall())
