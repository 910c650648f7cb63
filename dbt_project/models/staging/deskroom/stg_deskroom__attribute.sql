with attribute as (

  select * from {{ source('deskroom', 'attribute') }}

)

select
  attribute_name,
  data_type,
  unit,
  label_en,
  label_ko,
  direction,
  description,
  is_feature,
  package_name
from attribute
