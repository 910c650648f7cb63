-- The contracts of each snapshot.
with snapshot as (

  select * from {{ ref('stg_source__snapshot') }}

)

select
  snapshot.customer_code,
  snapshot.snapshot_month,
  snapshot.as_of_date,
  contract.contract_id,
  contract.contract_code,
  contract.contract_name,
  contract.started_on,
  contract.ended_on,
  contract.monthly_fee,
  contract.status,
  contract.end_reason
from snapshot
{{ document_rows('snapshot.contract_info', 'contracts', 'contract', [
  ['contract_id', 'text'],
  ['contract_code', 'text'],
  ['contract_name', 'text'],
  ['started_on', 'date'],
  ['ended_on', 'date'],
  ['monthly_fee', 'numeric'],
  ['status', 'text'],
  ['end_reason', 'text']
]) }}
