-- Contacts, and the complaints (VOC) among them, of the last 30, 60 and 90 days and of the whole history.
with interaction as (

  select * from {{ ref('stg_source__interaction') }}

)

select
  customer_code,
  snapshot_month,
  cast(count(*) as integer) as num_interactions,
  cast(count(*) filter (where is_voc) as integer) as voc_count,
  cast(count(*) filter (where is_voc is not true) as integer) as non_voc_count,
  min(occurred_at) as first_interaction_at,
  cast(count(*) filter (where occurred_at >= from_30d_at) as integer) as interactions_30d,
  cast(count(*) filter (where occurred_at >= from_30d_at and is_voc) as integer) as voc_30d,
  cast(count(*) filter (where occurred_at >= from_30d_at and is_voc is not true) as integer) as non_voc_30d,
  cast(count(*) filter (where occurred_at >= from_60d_at) as integer) as interactions_60d,
  cast(count(*) filter (where occurred_at >= from_60d_at and is_voc) as integer) as voc_60d,
  cast(count(*) filter (where occurred_at >= from_60d_at and is_voc is not true) as integer) as non_voc_60d,
  cast(count(*) filter (where occurred_at >= from_90d_at) as integer) as interactions_90d,
  cast(count(*) filter (where occurred_at >= from_90d_at and is_voc) as integer) as voc_90d,
  cast(count(*) filter (where occurred_at >= from_90d_at and is_voc is not true) as integer) as non_voc_90d
from interaction
group by customer_code, snapshot_month
