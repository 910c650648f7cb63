with source as (

  select * from {{ source('ml', 'model_version') }}

)

select
  id,
  model_name,
  version,
  target_name,
  model_type,
  training_date,
  training_window_start,
  training_window_end,
  data_hash,
  code_version,
  metrics,
  parameters,
  threshold,
  feature_names,
  artifact_path,
  artifact_sha256,
  mlflow_run_id,
  is_active,
  created_at
from source
