-- Every reason counted again from the holdings: each distinct claim once, then joined to its recommendations.
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

customer as (

  select
    customer.*,
    assigned.cluster_id
  from {{ ref('int_recommendation__customer') }} as customer
  left join {{ ref('stg_ml__customer_cluster') }} as assigned
    on
      customer.snapshot_month = assigned.snapshot_month
      and customer.customer_code = assigned.subject_key
      and assigned.subject_kind = 'customer'

),

holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  claim.snapshot_month,
  claim.item_kind,
  claim.item_code,
  claim.basis,
  claim.given_item,
  claim.industry_code,
  claim.sido,
  claim.cluster_id,
  claim.claimed_among,
  claim.claimed_hold,
  cast(count(customer.customer_code) as integer) as among_count,
  cast(count(held.customer_code) as integer) as hold_count
from claim
left join customer
  on
    claim.snapshot_month = customer.snapshot_month
    and (claim.industry_code is null or claim.industry_code = customer.industry_code)
    and (claim.sido is null or claim.sido = customer.sido)
    and (claim.cluster_id is null or claim.cluster_id = customer.cluster_id)
    and (
      claim.given_item is null
      or exists (
        select 1
        from holding as given
        where
          given.snapshot_month = claim.snapshot_month
          and given.customer_code = customer.customer_code
          and given.item_kind = claim.item_kind
          and given.item_code = claim.given_item
      )
    )
left join holding as held
  on
    customer.snapshot_month = held.snapshot_month
    and customer.customer_code = held.customer_code
    and claim.item_kind = held.item_kind
    and claim.item_code = held.item_code
group by
  claim.snapshot_month,
  claim.item_kind,
  claim.item_code,
  claim.basis,
  claim.given_item,
  claim.industry_code,
  claim.sido,
  claim.cluster_id,
  claim.claimed_among,
  claim.claimed_hold
