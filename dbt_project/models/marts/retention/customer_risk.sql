with latest_score as (

  select * from {{ ref('int_risk__latest_documented_score') }}

)

select
  customer_code,
  customer_id,
  probability as risk_score,
  risk_band,
  is_high_risk,
  predicted_label,
  as_of_date,
  predicted_at as prediction_time,
  created_at as last_scored_at,
  model_version
from latest_score
