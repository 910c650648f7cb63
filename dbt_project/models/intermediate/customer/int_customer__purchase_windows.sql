-- Purchases of the last 90 and 365 days.
with purchase as (

  select * from {{ ref('stg_deskroom__purchase') }}

)

select
  customer_code,
  snapshot_month,
  cast(count(*) filter (where purchased_at >= from_90d_at) as integer) as purchase_count_90d,
  cast(coalesce(sum(amount) filter (where purchased_at >= from_90d_at), 0) as numeric(18, 2)) as purchase_amount_90d,
  cast(count(*) filter (where purchased_at >= from_365d_at) as integer) as purchase_count_365d,
  cast({{ days_between('max(purchased_at)', 'max(as_of_at)') }} as real) as days_since_last_purchase
from purchase
group by customer_code, snapshot_month
