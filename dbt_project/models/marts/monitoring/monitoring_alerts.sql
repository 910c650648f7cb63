with alert as (

  select * from {{ ref('stg_ml__monitoring_alert') }}

)

select
  id,
  created_at,
  alert_type,
  severity,
  drift_share,
  drifted_features,
  message,
  metrics,
  model_name,
  model_version,
  as_of_date
from alert
