{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Which later snapshot decides a label: the one cut off at the horizon's end or, where that month is missing for the
-- customer, the next one there is. Looking up the exact month first keeps the common case a plain hash join.
with cohort as (

  select * from {{ ref('int_outcomes__cohort') }}

),

target as (

  select * from {{ ref('target_definition') }}

),

snapshot as (

  select * from {{ ref('int_outcomes__snapshot') }}

),

asked as (

  select
    cohort.target_name,
    cohort.customer_code,
    cohort.as_of_date,
    cohort.snapshot_month,
    cast({{ dbt.dateadd('month', 'target.horizon_months', 'cohort.as_of_date') }} as date) as horizon_end_date,
    cast({{ dbt.dateadd('month', 'target.horizon_months', 'cohort.snapshot_month') }} as date) as horizon_month
  from cohort
  inner join target
    on cohort.target_name = target.target_name
  where target.horizon_months > 0 and target.outcome_rule = 'contract_end'

),

exact as (

  select
    asked.*,
    snapshot.snapshot_month as evidence_month,
    snapshot.known_at as evidence_known_at
  from asked
  left join snapshot
    on
      asked.customer_code = snapshot.customer_code
      and asked.horizon_month = snapshot.snapshot_month

),

next_available as (

  select
    exact.target_name,
    exact.customer_code,
    exact.as_of_date,
    snapshot.snapshot_month as evidence_month,
    snapshot.known_at as evidence_known_at,
    row_number() over (
      partition by exact.target_name, exact.customer_code, exact.as_of_date
      order by snapshot.snapshot_month
    ) as evidence_rank
  from exact
  inner join snapshot
    on
      exact.customer_code = snapshot.customer_code
      and exact.horizon_month < snapshot.snapshot_month
  where
    exact.evidence_month is null
    and exact.horizon_month < (select max(newest.snapshot_month) from snapshot as newest)

)

select
  exact.target_name,
  exact.customer_code,
  exact.as_of_date,
  exact.snapshot_month,
  exact.horizon_end_date,
  coalesce(exact.evidence_month, next_available.evidence_month) as evidence_month,
  coalesce(exact.evidence_known_at, next_available.evidence_known_at) as evidence_known_at
from exact
left join next_available
  on
    exact.target_name = next_available.target_name
    and exact.customer_code = next_available.customer_code
    and exact.as_of_date = next_available.as_of_date
    and next_available.evidence_rank = 1
where coalesce(exact.evidence_month, next_available.evidence_month) is not null
