-- Each version of a category as it is known today, in force until the next one begins or the category is retired.
with voc_category_version as (

  select * from {{ source('deskroom', 'voc_category_version') }}

),

ranked as (

  select
    voc_id,
    valid_from,
    name,
    parent_id,
    level,
    valid_to,
    known_at,
    row_number() over (partition by voc_id, valid_from order by known_at desc) as knowledge_rank
  from voc_category_version

),

latest as (

  select
    voc_id,
    valid_from,
    name,
    parent_id,
    level,
    valid_to,
    known_at,
    lead(valid_from) over (partition by voc_id order by valid_from) as next_valid_from
  from ranked
  where knowledge_rank = 1

)

select
  voc_id,
  valid_from,
  case
    when next_valid_from is null then valid_to
    when valid_to is null then next_valid_from
    else least(valid_to, next_valid_from)
  end as valid_to,
  name as category_name,
  parent_id as parent_voc_id,
  level as category_level,
  known_at
from latest
