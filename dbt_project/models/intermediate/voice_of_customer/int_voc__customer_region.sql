-- Where each customer is, as its newest snapshot has it. The features hold the same, but messages need not wait for
-- them.
with profile as (

  select * from {{ ref('stg_deskroom__profile') }}

),

ranked as (

  select
    customer_code,
    sido,
    row_number() over (partition by customer_code order by snapshot_month desc) as recency_rank
  from profile

)

select
  customer_code,
  coalesce(sido, 'unknown') as region
from ranked
where recency_rank = 1
