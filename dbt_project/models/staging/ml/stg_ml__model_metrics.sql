with source as (

  select * from {{ source('ml', 'model_metrics') }}

)

select
  id,
  model_version_id,
  evaluation_date,
  evaluation_kind,
  origin_date,
  subject,
  segment,
  row_count,
  positive_count,
  threshold,
  accuracy,
  precision,
  recall,
  f1_score,
  auc_roc,
  auc_pr,
  brier_score,
  log_loss,
  calibration_error,
  precision_at_capacity,
  lift_at_capacity,
  capacity_ratio,
  confusion_matrix,
  created_at
from source
