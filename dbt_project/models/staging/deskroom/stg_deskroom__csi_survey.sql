-- Satisfaction surveys of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

{{ snapshot_parts('interaction_history', 'csi', 'survey', document_fields('survey'), happened_at='surveyed_at') }}
