-- What each customer holds, as two lists, most often held first.
with holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  customer_code,
  snapshot_month,
  {{ document_list([['code', 'item_code'], ['name', 'item_name']], 'holding_count desc, item_code', "item_kind = 'contract'") }} as contracts,
  {{ document_list([['code', 'item_code'], ['name', 'item_name']], 'holding_count desc, item_code', "item_kind = 'product'") }} as products
from holding
group by customer_code, snapshot_month
