with voc_category_succession as (

  select * from {{ source('deskroom', 'voc_category_succession') }}

)

select
  voc_id,
  successor_voc_id,
  valid_from,
  known_at
from voc_category_succession
