with model_life_cycle as (

  select * from {{ ref('int_risk__model_life_cycle') }}

)

select
  id,
  model_version,
  model_stage,
  model_type,
  f1_score,
  precision_score,
  recall_score,
  roc_auc,
  brier_score,
  trained_at,
  deployed_at,
  mlflow_run_id,
  created_at
from model_life_cycle
