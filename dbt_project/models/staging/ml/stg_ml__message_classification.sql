with source as (

  select * from {{ source('ml', 'message_classification') }}

)

select
  message_id,
  model_name,
  model_version,
  classified_at,
  is_claim,
  summary,
  keywords,
  bug_type,
  is_unknown,
  confidence,
  content_hash,
  run_id,
  created_at
from source
