-- When the labels of an as-of date are all in: those of the first to leave are known early, and judging by them alone
-- would flatter or damn a model. Where a package brings labels without snapshots, its newest label says how far
-- the records reach.
with cohort as (

  select * from {{ ref('int_outcomes__cohort') }}

),

label as (

  select * from {{ ref('int_outcomes__label') }}

),

target as (

  select * from {{ ref('target_definition') }}

),

data_horizon as (

  select * from {{ ref('int_outcomes__data_horizon') }}

),

asked as (

  select distinct
    target_name,
    as_of_date
  from cohort

),

newest_label as (

  select
    target_name,
    max(known_at) as known_at
  from label
  group by target_name

),

due as (

  select
    asked.target_name,
    asked.as_of_date,
    {{ dbt.dateadd('month', 'target.horizon_months', 'asked.as_of_date') }} as horizon_end,
    target.maturity_days
  from asked
  inner join target
    on asked.target_name = target.target_name

),

dated as (

  select
    due.target_name,
    due.as_of_date,
    {{ business_instant(dbt.dateadd('day', 'due.maturity_days', 'due.horizon_end')) }} as matures_at
  from due

)

select
  dated.target_name,
  dated.as_of_date,
  dated.matures_at,
  coalesce(dated.matures_at <= greatest(data_horizon.known_until, newest_label.known_at), false) as is_mature
from dated
cross join data_horizon
left join newest_label
  on dated.target_name = newest_label.target_name
