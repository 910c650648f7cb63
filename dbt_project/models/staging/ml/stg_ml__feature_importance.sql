with source as (

  select * from {{ source('ml', 'feature_importance') }}

)

select
  id,
  model_version_id,
  feature_name,
  importance_score,
  retained_average,
  churned_average,
  created_at
from source
