{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_int_outcomes_contract_key', 'columns': ['customer_code', 'snapshot_month']}],
) }}

-- The contracts of each snapshot, taken out of the documents once: a label compares two of them.
with contract as (

  select * from {{ ref('stg_deskroom__contract') }}

)

select
  cast(contract.customer_code as varchar(50)) as customer_code,
  contract.snapshot_month,
  contract.contract_id,
  contract.status,
  contract.started_on,
  -- marked ended without a day: some time before the cut-off, the last day before it is the latest possible
  case
    when contract.status = 'ended'
      then coalesce(contract.ended_on, cast({{ dbt.dateadd('day', -1, 'contract.as_of_date') }} as date))
    else contract.ended_on
  end as ended_on,
  {{ is_active_contract('contract') }} as is_active
from contract
where contract.snapshot_month = {{ this_month() }}
