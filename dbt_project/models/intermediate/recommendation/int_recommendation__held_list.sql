-- What each customer holds, as two lists, most often held first.
with holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  customer_code,
  snapshot_month,
{% for kind in ('contract', 'product') %}
  {{ document_list(
    [['code', 'item_code'], ['name', 'item_name']], 'holding_count desc, item_code', "item_kind = '" ~ kind ~ "'"
  ) }} as {{ kind }}s{{ "," if not loop.last }}
{% endfor %}
from holding
group by customer_code, snapshot_month
