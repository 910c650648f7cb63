-- The contract each snapshot says the customer began with.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

select
  customer_code,
  snapshot_month,
  {{ document_text('contract_info', 'first_contract_code') }} as first_contract_code
from snapshot
