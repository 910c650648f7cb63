with version as (

  select * from {{ ref('stg_ml__model_version') }}

)

select
  id,
  version,
  training_date,
  metrics,
  parameters,
  artifact_path,
  is_active,
  created_at,
  model_name,
  target_name,
  threshold,
  training_window_start,
  training_window_end
from version
