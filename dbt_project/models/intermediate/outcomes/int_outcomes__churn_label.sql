{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Churn as of T: every contract active at T ended within [T, T + horizon) and none was started in that time.
with evidence as (

  select * from {{ ref('int_outcomes__label_evidence') }}

),

target as (

  select * from {{ ref('target_definition') }}

),

data_horizon as (

  select * from {{ ref('int_outcomes__data_horizon') }}

),

contract as (

  select * from {{ ref('int_outcomes__contract') }}

),

held as (

  select
    customer_code,
    snapshot_month,
    count(*) as active_count
  from contract
  where is_active
  group by customer_code, snapshot_month

),

-- What the later snapshot says of each contract. One that it no longer lists is not counted here, so that it has not
-- been seen to end.
seen as (

  select
    evidence.customer_code,
    evidence.snapshot_month,
    count(*) filter (
      where active_contract.contract_id is not null
      and later.status = 'ended'
      and later.ended_on >= evidence.as_of_date
      and later.ended_on < evidence.horizon_end_date
    ) as ended_count,
    count(*) filter (
      where later.started_on >= evidence.as_of_date
      and later.started_on < evidence.horizon_end_date
    ) as renewed_count
  from evidence
  inner join contract as later
    on
      evidence.customer_code = later.customer_code
      and evidence.evidence_month = later.snapshot_month
  left join contract as active_contract
    on
      evidence.customer_code = active_contract.customer_code
      and evidence.snapshot_month = active_contract.snapshot_month
      and later.contract_id = active_contract.contract_id
      and active_contract.is_active
  group by evidence.customer_code, evidence.snapshot_month

),

judged as (

  select
    evidence.target_name,
    evidence.customer_code,
    evidence.as_of_date,
    case when held.active_count = seen.ended_count and seen.renewed_count = 0 then 1 else 0 end as label,
    greatest(
      {{ business_instant(dbt.dateadd('day', 'target.maturity_days', 'evidence.horizon_end_date')) }},
      evidence.evidence_known_at
    ) as known_at
  from evidence
  inner join target
    on evidence.target_name = target.target_name
  inner join held
    on
      evidence.customer_code = held.customer_code
      and evidence.snapshot_month = held.snapshot_month
  left join seen
    on
      evidence.customer_code = seen.customer_code
      and evidence.snapshot_month = seen.snapshot_month

)

select
  judged.target_name,
  judged.customer_code,
  judged.as_of_date,
  cast(judged.label as smallint) as label,
  judged.known_at
from judged
inner join data_horizon
  on judged.known_at <= data_horizon.known_until
