with retraining as (

  select * from {{ ref('stg_ml__retraining') }}

),

promotion_override as (

  select * from {{ ref('stg_ml__promotion_override') }}

)

select
  retraining.id,
  retraining.created_at,
  retraining.shadow_model_version,
  retraining.production_model_version,
  retraining.gate_passed,
  retraining.promoted,
  retraining.shadow_f1_score,
  retraining.production_f1_score,
  retraining.mlflow_run_id,
  retraining.model_name,
  retraining.trigger_kind,
  retraining.state,
  retraining.verdict,
  retraining.reasons,
  retraining.decided_at,
  promotion_override.decided_by as override_by,
  promotion_override.reason as override_reason
from retraining
left join promotion_override
  on retraining.override_id = promotion_override.override_id
