-- What a feature means, wherever its description comes from. An attribute of a package that has the name of a feature
-- of ours is described by ours.
with dictionary as (

  select * from {{ ref('feature_dictionary') }}

),

attribute as (

  select * from {{ ref('stg_deskroom__attribute') }}

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
from dictionary

union all

select
  attribute.attribute_name as feature_name,
  'package' as source_system,
  attribute.data_type,
  attribute.unit,
  attribute.label_en,
  attribute.label_ko,
  attribute.direction,
  attribute.description,
  attribute.is_feature as is_model_feature
from attribute
left join dictionary
  on attribute.attribute_name = dictionary.feature_name
where dictionary.feature_name is null
