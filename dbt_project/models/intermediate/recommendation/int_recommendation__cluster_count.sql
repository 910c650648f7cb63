-- How often each value occurs among a cluster's customers: contracts, products, industries, first contracts.
with assigned as (

  select * from {{ ref('stg_ml__customer_cluster') }}
  where subject_kind = 'customer'

),

customer as (

  select * from {{ ref('int_recommendation__customer') }}

),

holding as (

  select * from {{ ref('int_recommendation__holding') }}

),

value as (

  select
    snapshot_month,
    customer_code,
    item_kind as aspect,
    item_code as code,
    item_name as name
  from holding
  union all
  select
    snapshot_month,
    customer_code,
    'industry' as aspect,
    industry_code as code,
    industry_name as name
  from customer
  where industry_code is not null
  union all
  select
    snapshot_month,
    customer_code,
    'first_contract' as aspect,
    first_contract_code as code,
    first_contract_code as name
  from customer
  where first_contract_code is not null

)

select
  assigned.snapshot_month,
  assigned.cluster_id,
  value.aspect,
  value.code,
  coalesce(min(value.name), value.code) as name,
  count(distinct value.customer_code) as customer_count,
  row_number() over (
    partition by assigned.snapshot_month, assigned.cluster_id, value.aspect
    order by count(distinct value.customer_code) desc, value.code
  ) as place
from assigned
inner join value
  on
    assigned.snapshot_month = value.snapshot_month
    and assigned.subject_key = value.customer_code
group by assigned.snapshot_month, assigned.cluster_id, value.aspect, value.code
