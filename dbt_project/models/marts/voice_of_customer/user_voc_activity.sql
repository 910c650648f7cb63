{{ config(
    materialized='daily',
    unique_key=['aggregate_date', 'ccod', 'category_code'],
    day_column='aggregate_date',
    day_source='int_voc__message',
    reach_days=31,
    uncompared=['created_at', 'updated_at'],
    kept=['created_at'],
    indexes=[
      {'name': 'idx_user_voc_activity_date', 'columns': ['aggregate_date']},
      {'name': 'idx_user_voc_activity_ccod', 'columns': ['ccod']},
      {'name': 'idx_user_voc_activity_category', 'columns': ['category_code']},
    ],
) }}

-- Windows are cut by the event's own time, to the instant: 30 days are 720 hours, whatever the clocks do. What shares
-- the anchor's instant is not before it.
with message as (

  select * from {{ ref('int_voc__message') }}

),

touched_day as (

  select * from {{ touched_days() }}

),

-- who wrote on a touched day about what; the 31 days before hold all that can count for it
touched_key as (

  select distinct
    message.customer_code,
    message.main_category_code
  from message
  inner join touched_day
    on message.aggregate_date = touched_day.day

),

relevant as (

  select
    message.message_id,
    message.customer_code,
    message.main_category_code,
    message.main_category_name,
    message.received_at,
    message.aggregate_date
  from message
  inner join touched_key
    on
      message.customer_code = touched_key.customer_code
      and message.main_category_code = touched_key.main_category_code
  where
    message.aggregate_date >= (select {{ dbt.dateadd('day', -31, 'min(touched_day.day)') }} from touched_day)
    and message.aggregate_date <= (select max(touched_day.day) from touched_day)

),

counted as (

  select
    customer_code,
    main_category_code,
    main_category_name,
    aggregate_date,
    row_number() over (
      partition by customer_code, main_category_code, aggregate_date
      order by received_at desc, message_id desc
    ) as anchor_rank,
    count(*) over (partition by customer_code, main_category_code, aggregate_date) as day_count,
    count(*) over at_the_instant as instant_count,
    count(*) over back_24h as count_24h,
    count(*) over back_3d as count_3d,
    count(*) over back_7d as count_7d,
    count(*) over back_30d as count_30d
  from relevant
  window
    in_time as (partition by customer_code, main_category_code order by received_at),
    at_the_instant as (in_time range between current row and current row),
    back_24h as (in_time range between interval '24' hour preceding and current row),
    back_3d as (in_time range between interval '72' hour preceding and current row),
    back_7d as (in_time range between interval '168' hour preceding and current row),
    back_30d as (in_time range between interval '720' hour preceding and current row)

)

select
  {{ hash_key(['counted.aggregate_date', 'counted.customer_code', 'counted.main_category_code']) }} as id,
  counted.aggregate_date,
  {{ written_at() }} as created_at,
  {{ written_at() }} as updated_at,
  cast(counted.customer_code as varchar(50)) as ccod,
  cast(counted.main_category_code as varchar(50)) as category_code,
  cast(counted.main_category_name as varchar(255)) as category_name,
  cast(counted.day_count - 1 as integer) as recontact_agg_day,
  cast(counted.count_24h - counted.instant_count as integer) as recontact_past_24h,
  cast(counted.count_3d - counted.instant_count as integer) as recontact_past_3d,
  cast(counted.count_7d - counted.instant_count as integer) as recontact_past_7d,
  cast(counted.count_30d - counted.instant_count as integer) as recontact_past_30d
from counted
inner join touched_day
  on counted.aggregate_date = touched_day.day
where counted.anchor_rank = 1
