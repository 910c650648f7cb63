-- Purchases of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('stg_source__snapshot') }}

)

select
  snapshot.customer_code,
  snapshot.snapshot_month,
  snapshot.as_of_date,
  snapshot.as_of_at,
  snapshot.from_30d_at,
  snapshot.from_60d_at,
  snapshot.from_90d_at,
  snapshot.from_365d_at,
  purchase.purchase_id,
  purchase.product_code,
  purchase.product_name,
  purchase.purchased_at,
  purchase.quantity,
  purchase.amount
from snapshot
{{ document_rows('snapshot.purchase_logs', none, 'purchase', [
  ['purchase_id', 'text'],
  ['product_code', 'text'],
  ['product_name', 'text'],
  ['purchased_at', 'timestamptz'],
  ['quantity', 'numeric'],
  ['amount', 'numeric']
]) }}
where purchase.purchased_at < snapshot.as_of_at
