-- Contacts of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

{{ snapshot_parts(
  'interaction_history', 'interactions', 'contact', document_fields('interaction'), happened_at='occurred_at'
) }}
