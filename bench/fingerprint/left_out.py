"""Columns whose contents two builds of the same code need not share, each with its reason.

A column is named by a pattern of `fnmatch`: ``schema.relation.column``. How the list was found stands in
bench/README.md. Whoever renames a relation or a column that stands here renames it here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class LeftOut:
    """Columns that are not compared.

    Parameters
    ----------
    reason
        Why two builds of the same code need not agree on them.
    columns
        Patterns of ``schema.relation.column``.
    """

    reason: str
    columns: tuple[str, ...]


# Not every created_at is a clock's: that of user_monthly_property is the as-of instant, of prediction_log the data's.
CLOCK = LeftOut(
    "time of the wall clock at which the row was written, or a copy of it",
    (
        "crm.customer.created_at",
        "crm.customer.updated_at",
        "collections.payment_records.created_at",
        "collections.payment_records.updated_at",
        "finance.timeseries_data.created_at",
        "source.data_package.loaded_at",
        "source.industry_codes.created_at",
        "source.industry_codes.updated_at",
        "source.load_batch.started_at",
        "source.load_batch.finished_at",
        "source.message.created_at",
        "source.message.updated_at",
        "source.potential_user.created_at",
        "source.voc_category*.created_at",
        "source.voc_category*.updated_at",
        "quarantine.rejected_row.rejected_at",
        "quarantine.rejected_row.resolved_at",
        "ml.*.created_at",
        "ml.alert.claimed_at",
        "ml.alert.sent_at",
        "ml.label.recorded_at",
        "ml.message_classification.classified_at",
        "ml.model_deployment.valid_during",
        "ml.promotion_watch.checked_at",
        "ml.retraining.decided_at",
        "staging.stg_crm__customer.created_at",
        "staging.stg_crm__customer.updated_at",
        "staging.stg_ml__*.created_at",
        "staging.stg_ml__alert.sent_at",
        "staging.stg_ml__label.recorded_at",
        "staging.stg_ml__message_classification.classified_at",
        "staging.stg_ml__model_deployment.valid_during",
        "staging.stg_ml__promotion_watch.checked_at",
        "staging.stg_ml__retraining.decided_at",
        "intermediate.*.created_at",
        "intermediate.*.deployed_at",
        "intermediate.int_monitoring__attempt_event.decided_at",
        "intermediate.int_monitoring__check_state.checked_at",
        "intermediate.int_voc__classification.classified_at",
        "analytics.alert_history.created_at",
        "analytics.alert_history.sent_at",
        "analytics.cluster_profile.created_at",
        "analytics.customer_risk.last_scored_at",
        "analytics.feature_importance.created_at",
        "analytics.model_*.created_at",
        "analytics.model_metadata.deployed_at",
        "analytics.potential_user_recommendation.created_at",
        "analytics.prediction_logs.created_at",
        "analytics.risk_history.created_at",
        "analytics.user_churn_prediction.created_at",
        "analytics.user_recommendation.created_at",
        "analytics.user_voc_activity.created_at",
        "analytics.user_voc_activity.updated_at",
        "analytics.voc_daily.created_at",
        "analytics.voc_daily.updated_at",
        "analytics.voc_message_category.created_at",
        "analytics.voc_message_category.updated_at",
        "monitoring.build_ledger.built_at",
        "monitoring.check_*.checked_at",
        "monitoring.decision_log.decided_at",
        "monitoring.feature_drift.created_at",
        "monitoring.monitoring_alerts.created_at",
        "monitoring.promotion_watch.checked_at",
        "monitoring.recent_drift_alerts.created_at",
        "monitoring.retraining_metrics.created_at",
        "monitoring.retraining_metrics.decided_at",
    ),
)

LEFT_OUT: tuple[LeftOut, ...] = (
    CLOCK,
    LeftOut("id of a run, drawn anew for each run", ("*.run_id",)),
    LeftOut("duration, which belongs to the machine", ("*.response_time_ms",)),
    LeftOut(
        "time of the wall clock at which a file was loaded that does not say when it became known",
        ("source.load_batch.known_at", "source.industry_codes.known_at"),
    ),
    LeftOut(
        "day of the wall clock on which messages were classified, or made of it",
        ("monitoring.model_health.id", "monitoring.model_health.checked_at"),
    ),
    LeftOut("counts what was written in the 24 hours before it is read", ("monitoring.prediction_volume_last_24h.*",)),
    LeftOut("random id", ("collections.payment_records.id", "finance.timeseries_data.id")),
    LeftOut("number in the order in which checks finished", ("*.check_result_id",)),
    LeftOut(
        "hash of inputs, times of the wall clock among them, and of the code",
        ("monitoring.build_ledger.input_hash",),
    ),
)


def reason_to_leave_out(relation: str, column: str, more: Sequence[LeftOut] = ()) -> str | None:
    """Return why a column is not compared; None: it is.

    Parameters
    ----------
    relation
        ``schema.relation``.
    column
        Name of the column.
    more
        Columns that the caller leaves out beside the listed ones.
    """
    name = f"{relation}.{column}"
    for rule in (*LEFT_OUT, *more):
        if any(fnmatchcase(name, pattern) for pattern in rule.columns):
            return rule.reason
    return None
