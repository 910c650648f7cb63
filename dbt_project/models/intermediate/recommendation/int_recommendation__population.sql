-- The customers of every population that a reason may speak of, in the months that have recommendations.
with recommended_month as (

  select distinct snapshot_month from {{ ref('stg_ml__recommendation') }}

),

customer as (

  select
    customer.*,
    assigned.cluster_id
  from {{ ref('int_recommendation__customer') }} as customer
  inner join recommended_month
    on customer.snapshot_month = recommended_month.snapshot_month
  left join {{ ref('stg_ml__customer_cluster') }} as assigned
    on
      customer.snapshot_month = assigned.snapshot_month
      and customer.customer_code = assigned.subject_key
      and assigned.subject_kind = 'customer'

),

holding as (

  select holding.*
  from {{ ref('int_recommendation__holding') }} as holding
  inner join recommended_month
    on holding.snapshot_month = recommended_month.snapshot_month

)

select
  snapshot_month,
  customer_code,
  {{ population_key() }} as population_key
from customer
union all
select
  snapshot_month,
  customer_code,
  {{ population_key(industry_code='industry_code') }} as population_key
from customer
where industry_code is not null
union all
select
  snapshot_month,
  customer_code,
  {{ population_key(sido='sido') }} as population_key
from customer
where sido is not null
union all
select
  snapshot_month,
  customer_code,
  {{ population_key(industry_code='industry_code', sido='sido') }} as population_key
from customer
where
  industry_code is not null
  and sido is not null
union all
select
  snapshot_month,
  customer_code,
  {{ population_key(cluster_id='cluster_id') }} as population_key
from customer
where cluster_id is not null
union all
select
  snapshot_month,
  customer_code,
  {{ population_key(given_item="item_kind || ' ' || item_code") }} as population_key
from holding
