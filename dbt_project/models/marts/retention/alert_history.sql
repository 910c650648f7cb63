with alert as (

  select * from {{ ref('stg_ml__alert') }}

)

select
  id,
  customer_id,
  alert_type,
  message,
  was_sent,
  error_message,
  created_at,
  severity,
  sent_at,
  predicted_at,
  customer_code,
  model_name
from alert
