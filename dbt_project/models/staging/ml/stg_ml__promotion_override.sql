with source as (

  select * from {{ source('ml', 'promotion_override') }}

)

select
  override_id,
  retraining_id,
  decided_by,
  reason,
  created_at
from source
