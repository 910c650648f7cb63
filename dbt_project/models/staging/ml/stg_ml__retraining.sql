with source as (

  select * from {{ source('ml', 'retraining') }}

)

select
  id,
  created_at,
  model_name,
  trigger_kind,
  trigger_key,
  trigger_evidence,
  state,
  attempts,
  shadow_model_version,
  production_model_version,
  gate_passed,
  promoted,
  shadow_f1_score,
  production_f1_score,
  mlflow_run_id,
  labels_known_until,
  verdict,
  reasons,
  decided_at,
  override_id
from source
