with source as (

  select * from {{ source('ml', 'alert') }}

)

select
  id,
  customer_id,
  customer_code,
  model_name,
  alert_type,
  severity,
  message,
  predicted_at,
  was_sent,
  sent_at,
  error_message,
  attempts,
  created_at
from source
