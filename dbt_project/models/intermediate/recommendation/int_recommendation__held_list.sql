-- What each customer holds, as two lists, most often held first.
with holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  customer_code,
  snapshot_month,
  jsonb_agg(
    jsonb_build_object('code', item_code, 'name', item_name)
    order by holding_count desc, item_code
  ) filter (where item_kind = 'contract') as contracts,
  jsonb_agg(
    jsonb_build_object('code', item_code, 'name', item_name)
    order by holding_count desc, item_code
  ) filter (where item_kind = 'product') as products
from holding
group by customer_code, snapshot_month
