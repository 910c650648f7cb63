-- The top contributions of a score, one row each, with the words and group means that explain them. The arrays are
-- taken apart here and nowhere else.
with prediction as (

  select * from {{ ref('stg_ml__prediction') }}

),

model_version as (

  select * from {{ ref('stg_ml__model_version') }}

),

importance as (

  select * from {{ ref('stg_ml__feature_importance') }}

),

feature as (

  select * from {{ ref('feature_reference') }}

),

direction as (

  select * from {{ ref('contribution_directions') }}

),

contribution as (

  {{ unnest_contributions('prediction') }}

)

select
  contribution.id,
  contribution.model_name,
  contribution.model_version,
  contribution.customer_code,
  contribution.as_of_date,
  contribution.predicted_at,
  contribution.contribution_rank,
  contribution.feature_name,
  coalesce(feature.label_en, contribution.feature_name) as label_en,
  coalesce(feature.label_ko, contribution.feature_name) as label_ko,
  coalesce(feature.unit, '') as unit,
  coalesce(feature.data_type, 'numeric') as data_type,
  -- "not a number" is how a missing value travels inside an array of numbers
  nullif(contribution.feature_value, {{ not_a_number() }}) as feature_value,
  nullif(contribution.feature_value_text, '') as feature_value_text,
  nullif(importance.retained_average, {{ not_a_number() }}) as retained_average,
  nullif(importance.churned_average, {{ not_a_number() }}) as churned_average,
  contribution.contribution,
  direction.contrib_label_en,
  direction.contrib_label_ko
from contribution
left join feature
  on contribution.feature_name = feature.feature_name
left join model_version
  on contribution.model_version = model_version.version
left join importance
  on
    model_version.id = importance.model_version_id
    and contribution.feature_name = importance.feature_name
left join direction
  on sign(contribution.contribution) = direction.direction
