with source as (

  select * from {{ source('ml', 'message_category') }}

)

select
  message_id,
  model_version,
  rank as candidate_rank,
  level as category_level,
  voc_id,
  confidence,
  reason
from source
