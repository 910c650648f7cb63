-- What stands today in the place of a category that was given up: the ends of all chains of succession. A chain only
-- moves forward in time; twenty steps are more than any tree has seen, and end a circle of one and the same day.
with recursive succession as (

  select * from {{ ref('stg_deskroom__voc_category_succession') }}

),

chain as (

  select
    voc_id,
    successor_voc_id,
    valid_from,
    1 as step_count
  from succession
  union all
  select
    chain.voc_id,
    succession.successor_voc_id,
    succession.valid_from,
    chain.step_count + 1 as step_count
  from chain
  inner join succession
    on
      chain.successor_voc_id = succession.voc_id
      and chain.valid_from <= succession.valid_from
  where chain.step_count < 20

),

chain_end as (

  select distinct
    chain.voc_id,
    chain.successor_voc_id
  from chain
  where
    not exists (
      select 1
      from succession
      where
        succession.voc_id = chain.successor_voc_id
        and succession.valid_from >= chain.valid_from
    )

)

select
  voc_id,
  successor_voc_id,
  count(*) over (partition by voc_id) as successor_count
from chain_end
