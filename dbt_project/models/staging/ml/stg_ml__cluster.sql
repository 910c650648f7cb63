with source as (

  select * from {{ source('ml', 'cluster') }}

)

select
  id,
  snapshot_month,
  cluster_id,
  cluster_size,
  mean_similarity,
  matched_overlap,
  run_id,
  created_at
from source
