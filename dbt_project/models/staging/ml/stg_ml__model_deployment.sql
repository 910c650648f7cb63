with source as (

  select * from {{ source('ml', 'model_deployment') }}

)

select
  deployment_id,
  model_name,
  version,
  stage,
  valid_during,
  decided_by,
  reason,
  evidence,
  created_at
from source
