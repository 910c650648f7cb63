with source as (

  select * from {{ source('ml', 'monitoring_alert') }}

)

select
  id,
  created_at,
  alert_type,
  severity,
  model_name,
  model_version,
  as_of_date,
  drift_share,
  drifted_features,
  message,
  metrics,
  run_id
from source
