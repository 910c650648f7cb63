-- All scores of the one target behind the documented churn tables: with further targets mixed in, every count would
-- double.
with score as (

  select * from {{ ref('int_risk__score_by_target') }}

)

select
  id,
  customer_id,
  customer_code,
  model_name,
  model_version,
  as_of_date,
  snapshot_month,
  predicted_at,
  prediction_date,
  probability,
  predicted_label,
  features,
  created_at,
  is_high_risk
from score
where is_documented
