with documented_score as (

  select * from {{ ref('int_risk__documented_score') }}

)

select
  id,
  customer_id,
  probability as risk_score,
  features as features_used,
  predicted_at as prediction_time,
  model_version,
  created_at,
  customer_code,
  as_of_date
from documented_score
