with source as (

  select * from {{ source('ml', 'recommendation') }}

)

select
  id,
  snapshot_month,
  subject_kind,
  subject_key,
  item_kind,
  rank,
  item_code,
  item_name,
  score,
  method,
  reason,
  evidence,
  run_id,
  created_at
from source
