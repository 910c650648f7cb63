with feature as (

  select * from {{ ref('int_risk__feature') }}

)

select
  feature_name,
  source_system,
  data_type,
  unit,
  label_en,
  label_ko,
  direction,
  description,
  is_model_feature
from feature
