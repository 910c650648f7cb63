-- A customer is never offered what it holds at T.
with recommendation as (

  select * from {{ ref('stg_ml__recommendation') }}

),

holding as (

  select * from {{ ref('int_recommendation__holding') }}

)

select
  recommendation.snapshot_month,
  recommendation.subject_key,
  recommendation.item_code
from recommendation
inner join holding
  on
    recommendation.snapshot_month = holding.snapshot_month
    and recommendation.subject_key = holding.customer_code
    and recommendation.item_kind = holding.item_kind
    and recommendation.item_code = holding.item_code
where recommendation.subject_kind = 'customer'
