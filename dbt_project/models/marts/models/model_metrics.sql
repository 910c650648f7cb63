with metrics as (

  select * from {{ ref('stg_ml__model_metrics') }}

)

select
  metrics.id,
  metrics.model_version_id,
  metrics.evaluation_date,
  metrics.accuracy,
  metrics.precision,
  metrics.recall,
  metrics.f1_score,
  metrics.auc_roc,
  metrics.confusion_matrix,
  metrics.created_at,
  metrics.evaluation_kind,
  metrics.origin_date,
  metrics.subject,
  metrics.segment,
  metrics.row_count,
  metrics.positive_count,
  metrics.threshold,
  metrics.auc_pr,
  metrics.brier_score,
  metrics.log_loss,
  metrics.calibration_error,
  metrics.precision_at_capacity,
  metrics.lift_at_capacity,
  metrics.capacity_ratio
from metrics
