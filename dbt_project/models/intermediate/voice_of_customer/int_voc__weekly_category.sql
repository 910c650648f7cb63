-- Messages of each whole week by every category of today's tree, those below it included; 0 where there were none.
with message as (

  select * from {{ ref('int_voc__message') }}

),

category_ancestor as (

  select * from {{ ref('int_voc__category_ancestor') }}

),

category as (

  select * from {{ ref('stg_deskroom__voc_category') }}

),

by_week as (

  select
    cast({{ dbt.date_trunc('week', 'aggregate_date') }} as date) as week_start_date,
    category_code,
    count(*) as message_count
  from message
  group by cast({{ dbt.date_trunc('week', 'aggregate_date') }} as date), category_code

),

-- the newest day on record is over once a later one has begun; its week is whole if it was a Sunday
week as (

  select
    week_start_date,
    sum(message_count) as total_count
  from by_week
  where
    cast({{ dbt.dateadd('day', 7, 'week_start_date') }} as date) <= (select max(message.aggregate_date) from message)
  group by week_start_date

),

counted as (

  select
    by_week.week_start_date,
    category_ancestor.ancestor_voc_id as voc_id,
    sum(by_week.message_count) as message_count
  from by_week
  inner join category_ancestor
    on by_week.category_code = category_ancestor.voc_id
  group by by_week.week_start_date, category_ancestor.ancestor_voc_id

)

select
  week.week_start_date,
  category.voc_id as category_code,
  category.category_name,
  category.category_level,
  cast(coalesce(counted.message_count, 0) as integer) as message_count,
  cast(week.total_count as integer) as total_count
from week
cross join category
left join counted
  on
    week.week_start_date = counted.week_start_date
    and category.voc_id = counted.voc_id
