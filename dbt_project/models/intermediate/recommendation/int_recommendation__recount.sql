-- Every reason counted again from the holdings: each population that a reason may speak of is counted once, by key,
-- and the claims are read beside it. Joining every claim to every customer took minutes on 2,000 customers.
with recommendation as (

  select * from {{ ref('stg_ml__recommendation') }}

),

claim as (

  select distinct
    snapshot_month,
    item_kind,
    item_code,
    {{ document_text('evidence', 'basis') }} as basis,
    {{ document_text('evidence', 'given_item') }} as given_item,
    {{ document_text('evidence', 'industry_code') }} as industry_code,
    {{ document_text('evidence', 'sido') }} as sido,
    cast({{ document_text('evidence', 'cluster_id') }} as integer) as cluster_id,
    cast({{ document_text('evidence', 'among') }} as integer) as claimed_among,
    cast({{ document_text('evidence', 'hold') }} as integer) as claimed_hold
  from recommendation

),

claim_month as (

  select distinct snapshot_month from claim

),

customer as (

  select
    customer.*,
    assigned.cluster_id
  from {{ ref('int_recommendation__customer') }} as customer
  inner join claim_month
    on customer.snapshot_month = claim_month.snapshot_month
  left join {{ ref('stg_ml__customer_cluster') }} as assigned
    on
      customer.snapshot_month = assigned.snapshot_month
      and customer.customer_code = assigned.subject_key
      and assigned.subject_kind = 'customer'

),

holding as (

  select holding.*
  from {{ ref('int_recommendation__holding') }} as holding
  inner join claim_month
    on holding.snapshot_month = claim_month.snapshot_month

),

member as (

  select
    snapshot_month,
    customer_code,
    {{ population_key() }} as population
  from customer
  union all
  select
    snapshot_month,
    customer_code,
    {{ population_key(industry_code='industry_code') }} as population
  from customer
  where industry_code is not null
  union all
  select
    snapshot_month,
    customer_code,
    {{ population_key(sido='sido') }} as population
  from customer
  where sido is not null
  union all
  select
    snapshot_month,
    customer_code,
    {{ population_key(industry_code='industry_code', sido='sido') }} as population
  from customer
  where
    industry_code is not null
    and sido is not null
  union all
  select
    snapshot_month,
    customer_code,
    {{ population_key(cluster_id='cluster_id') }} as population
  from customer
  where cluster_id is not null
  union all
  select
    snapshot_month,
    customer_code,
    {{ population_key(given_item="item_kind || ' ' || item_code") }} as population
  from holding

),

among as (

  select
    snapshot_month,
    population,
    count(*) as customer_count
  from member
  group by snapshot_month, population

),

hold as (

  select
    member.snapshot_month,
    member.population,
    holding.item_kind,
    holding.item_code,
    count(*) as customer_count
  from member
  inner join holding
    on
      member.snapshot_month = holding.snapshot_month
      and member.customer_code = holding.customer_code
  group by member.snapshot_month, member.population, holding.item_kind, holding.item_code

),

spoken_of as (

  select
    claim.*,
    {{ population_key("item_kind || ' ' || given_item", 'industry_code', 'sido', 'cluster_id') }} as population
  from claim

)

select
  spoken_of.snapshot_month,
  spoken_of.item_kind,
  spoken_of.item_code,
  spoken_of.basis,
  spoken_of.given_item,
  spoken_of.industry_code,
  spoken_of.sido,
  spoken_of.cluster_id,
  spoken_of.claimed_among,
  spoken_of.claimed_hold,
  cast(coalesce(among.customer_count, 0) as integer) as among_count,
  cast(coalesce(hold.customer_count, 0) as integer) as hold_count
from spoken_of
left join among
  on
    spoken_of.snapshot_month = among.snapshot_month
    and spoken_of.population = among.population
left join hold
  on
    spoken_of.snapshot_month = hold.snapshot_month
    and spoken_of.population = hold.population
    and spoken_of.item_kind = hold.item_kind
    and spoken_of.item_code = hold.item_code
