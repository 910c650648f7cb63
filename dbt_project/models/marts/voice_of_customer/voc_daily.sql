{{ config(
    materialized='daily',
    unique_key=['aggregate_date', 'basis', 'region', 'main_category_code', 'category_code'],
    day_column='aggregate_date',
    day_source='int_voc__located_message',
    uncompared=['created_at', 'updated_at'],
    kept=['created_at'],
    indexes=[
      {'name': 'idx_voc_daily_category', 'columns': ['category_code', 'aggregate_date']},
    ],
) }}

with message as (

  select * from {{ ref('int_voc__located_message') }}

),

touched_day as (

  select * from {{ touched_days() }}

),

restated as (

  select
    'restated' as basis,
    message.aggregate_date,
    message.region,
    message.category_code,
    message.main_category_code,
    message.main_category_name,
    message.is_claim
  from message
  inner join touched_day
    on message.aggregate_date = touched_day.day

),

as_classified as (

  select
    'as_classified' as basis,
    message.aggregate_date,
    message.region,
    message.first_category_code as category_code,
    message.first_main_category_code as main_category_code,
    message.first_main_category_name as main_category_name,
    message.first_is_claim as is_claim
  from message
  inner join touched_day
    on message.aggregate_date = touched_day.day

),

both_bases as (

  select * from restated
  union all
  select * from as_classified

)

select
  aggregate_date,
  basis,
  region,
  category_code,
  main_category_code,
  max(main_category_name) as main_category_name,
  cast(count(*) as integer) as message_count,
  cast(count(*) filter (where is_claim) as integer) as claim_count,
  cast(count(*) filter (where category_code = 'unknown') as integer) as unknown_count,
  {{ written_at() }} as created_at,
  {{ written_at() }} as updated_at
from both_bases
group by aggregate_date, basis, region, category_code, main_category_code
