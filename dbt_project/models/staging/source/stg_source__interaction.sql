-- Contacts of each snapshot, those of its past only.
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
  contact.interaction_id,
  contact.occurred_at,
  contact.channel,
  contact.is_voc
from snapshot
{{ document_rows('snapshot.interaction_history', 'interactions', 'contact', interaction_fields()) }}
where contact.occurred_at < snapshot.as_of_at
