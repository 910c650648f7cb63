-- Service visits of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

{{ snapshot_parts(
  'interaction_history', 'works', 'work', document_fields('work'),
  happened_at='scheduled_at', casts={'services': 'integer'}
) }}
