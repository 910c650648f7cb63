with metrics as (

  select * from {{ ref('stg_ml__model_metrics') }}

)

select
  id,
  model_version_id,
  evaluation_date,
  accuracy,
  metrics.precision as precision,
  recall,
  f1_score,
  auc_roc,
  confusion_matrix,
  created_at,
  evaluation_kind,
  origin_date,
  subject,
  segment,
  row_count,
  positive_count,
  threshold,
  auc_pr,
  brier_score,
  log_loss,
  calibration_error,
  precision_at_capacity,
  lift_at_capacity,
  capacity_ratio
from metrics
