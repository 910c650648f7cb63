with voc_category as (

  select * from {{ source('deskroom', 'voc_category') }}

)

select
  id as category_id,
  voc_id,
  name as category_name,
  parent_id as parent_voc_id,
  level as category_level,
  valid_from,
  valid_to
from voc_category
