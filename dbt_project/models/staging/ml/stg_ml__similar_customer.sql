with source as (

  select * from {{ source('ml', 'similar_customer') }}

)

select
  snapshot_month,
  subject_kind,
  subject_key,
  similar_customer_code,
  similarity,
  run_id,
  created_at
from source
