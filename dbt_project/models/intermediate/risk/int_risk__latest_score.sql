-- The score that counts for a customer: the newest, and of several at one instant the one written last.
with production_score as (

  select * from {{ ref('int_risk__production_score') }}

),

ranked as (

  select
    id,
    customer_id,
    customer_code,
    model_name,
    model_version,
    as_of_date,
    predicted_at,
    probability,
    predicted_label,
    is_high_risk,
    created_at,
    row_number() over (
      partition by customer_id
      order by predicted_at desc, id desc
    ) as recency_rank
  from production_score

)

select
  id,
  customer_id,
  customer_code,
  model_name,
  model_version,
  as_of_date,
  predicted_at,
  probability,
  predicted_label,
  is_high_risk,
  created_at
from ranked
where recency_rank = 1
