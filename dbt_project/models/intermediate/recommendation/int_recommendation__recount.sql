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

member as (

  select * from {{ ref('int_recommendation__population') }}

),

holding as (

  select * from {{ ref('int_recommendation__holding') }}

),

among as (

  select
    snapshot_month,
    population_key,
    count(*) as customer_count
  from member
  group by snapshot_month, population_key

),

hold as (

  select
    member.snapshot_month,
    member.population_key,
    holding.item_kind,
    holding.item_code,
    count(*) as customer_count
  from member
  inner join holding
    on
      member.snapshot_month = holding.snapshot_month
      and member.customer_code = holding.customer_code
  group by member.snapshot_month, member.population_key, holding.item_kind, holding.item_code

),

spoken_of as (

  select
    claim.*,
    {{ population_key("item_kind || ' ' || given_item", 'industry_code', 'sido', 'cluster_id') }} as population_key
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
    and spoken_of.population_key = among.population_key
left join hold
  on
    spoken_of.snapshot_month = hold.snapshot_month
    and spoken_of.population_key = hold.population_key
    and spoken_of.item_kind = hold.item_kind
    and spoken_of.item_code = hold.item_code
