-- Where each customer is, as its newest month of features has it.
with customer_features as (

  select * from {{ ref('customer_features') }}

),

ranked as (

  select
    customer_code,
    sido,
    row_number() over (partition by customer_code order by snapshot_month desc) as recency_rank
  from customer_features

)

select
  customer_code,
  coalesce(sido, 'unknown') as region
from ranked
where recency_rank = 1
