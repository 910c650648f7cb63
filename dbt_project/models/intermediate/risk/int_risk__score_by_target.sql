-- All scores of every target made by versions in production. Shadow scores stay in prediction_logs: mixed in, they
-- would double every count.
with prediction as (

  select * from {{ ref('stg_ml__prediction') }}

),

target as (

  select * from {{ ref('target_definition') }}

)

select
  target.target_name,
  target.is_documented,
  prediction.id,
  prediction.customer_id,
  prediction.customer_code,
  prediction.model_name,
  prediction.model_version,
  prediction.as_of_date,
  prediction.snapshot_month,
  prediction.predicted_at,
  {{ business_day('prediction.predicted_at') }} as prediction_date,
  prediction.probability,
  prediction.predicted_label,
  prediction.features,
  prediction.created_at,
  prediction.probability >= target.documented_threshold as is_high_risk
from prediction
inner join target
  on prediction.model_name = target.model_name
where prediction.model_stage = 'production'
