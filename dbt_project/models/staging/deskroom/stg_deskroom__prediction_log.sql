-- Each logged score in its latest known version.
with prediction_log as (

  select * from {{ source('deskroom', 'prediction_log') }}

),

ranked as (

  select
    id,
    prediction_id,
    created_at,
    model_name,
    model_version,
    model_stage,
    target_name,
    customer_code,
    prediction,
    probability,
    age,
    debt_ratio,
    monthly_income,
    number_dependents,
    request_source,
    response_time_ms,
    known_at,
    row_number() over (partition by prediction_id order by known_at desc) as version_rank
  from prediction_log

)

select
  id,
  prediction_id,
  created_at,
  model_name,
  model_version,
  model_stage,
  target_name,
  customer_code,
  prediction,
  probability,
  age,
  debt_ratio,
  monthly_income,
  number_dependents,
  request_source,
  response_time_ms,
  known_at
from ranked
where version_rank = 1
