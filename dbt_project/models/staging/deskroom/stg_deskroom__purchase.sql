-- Purchases of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

{{ snapshot_parts('purchase_logs', none, 'purchase', document_fields('purchase'), happened_at='purchased_at') }}
