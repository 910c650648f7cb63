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
  cast(round(cast({{ document_text('features', 'age') }} as {{ dbt.type_float() }})) as integer) as age,
  cast({{ document_text('features', 'debt_ratio') }} as {{ dbt.type_float() }}) as debt_ratio,
  cast({{ document_text('features', 'monthly_income') }} as {{ dbt.type_float() }}) as monthly_income,
  cast(
    round(cast({{ document_text('features', 'number_dependents') }} as {{ dbt.type_float() }})) as integer
  ) as number_dependents,
  request_source,
  response_time_ms,
  model_name,
  customer_code
from prediction
