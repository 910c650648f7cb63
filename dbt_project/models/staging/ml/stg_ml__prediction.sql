with source as (

  select * from {{ source('ml', 'prediction') }}

)

select
  id,
  prediction_id,
  model_name,
  model_version,
  model_stage,
  customer_code,
  customer_id,
  as_of_date,
  predicted_at,
  probability,
  predicted_label,
  threshold,
  features,
  top_features,
  top_values,
  top_value_texts,
  top_contributions,
  base_value,
  other_contribution,
  request_source,
  response_time_ms,
  run_id,
  created_at,
  cast({{ dbt.dateadd('month', -1, 'as_of_date') }} as date) as snapshot_month
from source
