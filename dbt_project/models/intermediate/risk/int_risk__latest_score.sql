-- The score that counts for a customer, of the target behind the documented churn tables.
with newest_score as (

  select * from {{ ref('int_risk__newest_score') }}

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
from newest_score
where is_documented
