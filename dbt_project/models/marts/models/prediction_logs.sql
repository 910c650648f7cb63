with prediction_log as (

  select * from {{ ref('int_monitoring__prediction_log') }}

)

select
  id,
  prediction_id,
  created_at,
  model_version,
  model_stage,
  prediction,
  probability,
  age,
  debt_ratio,
  monthly_income,
  number_dependents,
  request_source,
  response_time_ms,
  model_name,
  customer_code
from prediction_log
