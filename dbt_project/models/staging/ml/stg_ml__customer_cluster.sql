with source as (

  select * from {{ source('ml', 'customer_cluster') }}

)

select
  id,
  snapshot_month,
  subject_kind,
  subject_key,
  cluster_id,
  similarity,
  run_id,
  created_at
from source
