with source as (

  select * from {{ source('ml', 'performance_estimate') }}

)

select
  model_name,
  model_version,
  as_of_date,
  metric_name,
  row_count,
  calibration_row_count,
  calibration_slope,
  calibration_intercept,
  value,
  lower_bound,
  upper_bound,
  run_id,
  created_at
from source
