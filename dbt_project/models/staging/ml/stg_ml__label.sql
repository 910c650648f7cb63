with source as (

  select * from {{ source('ml', 'label') }}

)

select
  label_id,
  target_name,
  customer_code,
  as_of_date,
  label,
  known_at,
  label_source,
  recorded_at
from source
