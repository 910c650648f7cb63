with importance as (

  select * from {{ ref('stg_ml__feature_importance') }}

),

feature as (

  select * from {{ ref('feature_reference') }}

)

select
  importance.id,
  importance.model_version_id,
  importance.feature_name,
  importance.importance_score,
  importance.created_at,
  cast(coalesce(feature.label_en, importance.feature_name) as varchar(100)) as label_en,
  cast(coalesce(feature.label_ko, importance.feature_name) as varchar(100)) as label_ko,
  importance.retained_average,
  importance.churned_average
from importance
left join feature
  on importance.feature_name = feature.feature_name
