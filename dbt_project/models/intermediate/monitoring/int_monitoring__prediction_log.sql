-- Every score there is: those of this warehouse and those that an outside scorer logged.
with prediction as (

  select * from {{ ref('stg_ml__prediction') }}

),

model_version as (

  select * from {{ ref('stg_ml__model_version') }}

),

outside_log as (

  select * from {{ ref('stg_deskroom__prediction_log') }}

)

select
  prediction.id,
  prediction.prediction_id,
  prediction.created_at,
  prediction.model_version,
  prediction.model_stage,
  cast(prediction.predicted_label as integer) as prediction,
  prediction.probability,
  cast(
    round(cast({{ document_text('prediction.features', 'age') }} as {{ dbt.type_float() }})) as integer
  ) as age,
  cast({{ document_text('prediction.features', 'debt_ratio') }} as {{ dbt.type_float() }}) as debt_ratio,
  cast({{ document_text('prediction.features', 'monthly_income') }} as {{ dbt.type_float() }}) as monthly_income,
  cast(
    round(cast({{ document_text('prediction.features', 'number_dependents') }} as {{ dbt.type_float() }})) as integer
  ) as number_dependents,
  prediction.request_source,
  prediction.response_time_ms,
  prediction.model_name,
  prediction.customer_code,
  model_version.target_name,
  prediction.as_of_date,
  prediction.predicted_at
from prediction
inner join model_version
  on prediction.model_version = model_version.version

union all

select
  id,
  prediction_id,
  created_at,
  model_version,
  model_stage,
  cast(prediction as integer) as prediction,
  probability,
  age,
  debt_ratio,
  monthly_income,
  number_dependents,
  request_source,
  response_time_ms,
  model_name,
  customer_code,
  target_name,
  cast(null as date) as as_of_date,
  created_at as predicted_at
from outside_log
