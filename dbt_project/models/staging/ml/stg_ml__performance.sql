with source as (

  select * from {{ source('ml', 'performance') }}

)

select
  model_name,
  model_version,
  as_of_date,
  segment,
  metric_name,
  labels_known_until,
  row_count,
  positive_count,
  value,
  lower_bound,
  upper_bound,
  run_id,
  created_at
from source
