with prediction as (

  select * from {{ ref('stg_ml__prediction') }}

)

select
  id,
  prediction_id,
  created_at,
  model_version,
  model_stage,
  cast(predicted_label as integer) as prediction,
  probability,
  cast(round({{ json_number('features', 'age') }}) as integer) as age,
  {{ json_number('features', 'debt_ratio') }} as debt_ratio,
  {{ json_number('features', 'monthly_income') }} as monthly_income,
  cast(round({{ json_number('features', 'number_dependents') }}) as integer) as number_dependents,
  request_source,
  response_time_ms,
  model_name,
  customer_code
from prediction
