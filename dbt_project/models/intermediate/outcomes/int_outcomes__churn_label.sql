{{ config(materialized='table') }}

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

  select * from {{ ref('stg_source__contract') }}

),

-- A contract that the later snapshot no longer lists has not been seen to end. One that is marked ended without a
-- day ended some time before that snapshot's cut-off: the last day before it is the latest possible.
kept as (

  select
    evidence.customer_code,
    evidence.as_of_date,
    count(*) as active_count,
    count(*) filter (
      where later.status = 'ended'
      and coalesce(later.ended_on, later.last_known_date) >= evidence.as_of_date
      and coalesce(later.ended_on, later.last_known_date) < evidence.horizon_end_date
    ) as ended_count
  from evidence
  inner join contract as active_contract
    on
      evidence.customer_code = active_contract.customer_code
      and evidence.snapshot_month = active_contract.snapshot_month
  left join (
    select
      *,
      cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'snapshot_month')) }} as date) as last_known_date
    from contract
  ) as later
    on
      evidence.customer_code = later.customer_code
      and evidence.evidence_month = later.snapshot_month
      and active_contract.contract_id = later.contract_id
  where
    evidence.target_name = 'churn'
    and {{ is_active_contract('active_contract') }}
  group by evidence.customer_code, evidence.as_of_date

),

renewed as (

  select distinct
    evidence.customer_code,
    evidence.as_of_date
  from evidence
  inner join contract
    on
      evidence.customer_code = contract.customer_code
      and evidence.evidence_month = contract.snapshot_month
      and evidence.as_of_date <= contract.started_on
      and evidence.horizon_end_date > contract.started_on
  where evidence.target_name = 'churn'

),

judged as (

  select
    evidence.target_name,
    evidence.customer_code,
    evidence.as_of_date,
    case when kept.active_count = kept.ended_count and renewed.customer_code is null then 1 else 0 end as label,
    greatest(
      {{ business_instant(dbt.dateadd('day', 'target.maturity_days', 'evidence.horizon_end_date')) }},
      evidence.evidence_known_at
    ) as known_at
  from evidence
  inner join target
    on evidence.target_name = target.target_name
  inner join kept
    on
      evidence.customer_code = kept.customer_code
      and evidence.as_of_date = kept.as_of_date
  left join renewed
    on
      evidence.customer_code = renewed.customer_code
      and evidence.as_of_date = renewed.as_of_date
  where evidence.target_name = 'churn'

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
