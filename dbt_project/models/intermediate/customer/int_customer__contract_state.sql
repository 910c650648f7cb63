-- What the contracts of a snapshot amount to at its cut-off.
with contract as (

  select * from {{ ref('stg_deskroom__contract') }}

),

flagged as (

  select
    contract.*,
    {{ is_active_contract('contract') }} as is_active
  from contract

),

summed as (

  select
    customer_code,
    snapshot_month,
    as_of_date,
    cast(count(*) filter (where is_active) as integer) as active_contract_count,
    cast(count(*) filter (where started_on < as_of_date) as integer) as contract_count,
    cast(count(*) filter (where status = 'suspended') as integer) as suspended_contract_count,
    coalesce(sum(monthly_fee) filter (where is_active), 0) as monthly_fee,
    min(started_on) filter (where started_on < as_of_date) as first_started_on,
    max(started_on) filter (where started_on < as_of_date) as last_started_on,
    min(ended_on) filter (where is_active) as next_ended_on
  from flagged
  group by customer_code, snapshot_month, as_of_date

)

select
  customer_code,
  snapshot_month,
  active_contract_count,
  contract_count,
  suspended_contract_count,
  cast(monthly_fee as numeric(18, 2)) as monthly_fee,
  {{ whole_months_between('first_started_on', 'as_of_date') }} as tenure_months,
  {{ whole_months_between('last_started_on', 'as_of_date') }} as months_since_last_start,
  {{ whole_days_between('as_of_date', 'next_ended_on') }} as days_to_next_end
from summed
