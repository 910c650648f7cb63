-- Contracts and purchases per customer of a cluster; who holds nothing counts as zero.
with assigned as (

  select * from {{ ref('stg_ml__customer_cluster') }}
  where subject_kind = 'customer'

),

holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  assigned.snapshot_month,
  assigned.cluster_id,
  coalesce(sum(holding.holding_count) filter (where holding.item_kind = 'contract'), 0)
  / cast(count(distinct assigned.subject_key) as {{ dbt.type_float() }}) as avg_contracts_num,
  coalesce(sum(holding.holding_count) filter (where holding.item_kind = 'product'), 0)
  / cast(count(distinct assigned.subject_key) as {{ dbt.type_float() }}) as avg_purchase_num
from assigned
left join holding
  on
    assigned.snapshot_month = holding.snapshot_month
    and assigned.subject_key = holding.customer_code
group by assigned.snapshot_month, assigned.cluster_id
