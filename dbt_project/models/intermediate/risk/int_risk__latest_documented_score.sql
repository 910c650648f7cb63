-- The one score that counts for a customer, of the one target behind the documented churn tables.
with latest_score as (

  select * from {{ ref('int_risk__latest_score_by_target') }}

)

select
  id,
  customer_id,
  customer_code,
  model_name,
  model_version,
  as_of_date,
  predicted_at,
  probability,
  predicted_label,
  is_high_risk,
  created_at,
  risk_band
from latest_score
where is_documented
