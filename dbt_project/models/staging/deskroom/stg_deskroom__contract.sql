-- The contracts of each snapshot.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

{{ snapshot_parts('contract_info', 'contracts', 'contract', document_fields('contract')) }}
