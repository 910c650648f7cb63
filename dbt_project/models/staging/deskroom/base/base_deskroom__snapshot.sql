-- One row per customer and month: the newest version that was known when the month closed. Later corrections stay in
-- the raw table and reach the features through the snapshots that follow. Each import is read once: PostgreSQL writes
-- out a CTE that is read twice, here every document of every month.
with raw_snapshot as (

  select * from {{ source('deskroom', 'user_monthly_features') }}

),

version as (

  select
    ccod,
    snapshot_month,
    known_at
  from {{ source('deskroom', 'user_monthly_features') }}

),

month as (

  select * from {{ ref('base_deskroom__month') }}

)

select
  raw_snapshot.ccod as customer_code,
  raw_snapshot.snapshot_month,
  month.as_of_date,
  month.as_of_at,
  month.from_30d_at,
  month.from_60d_at,
  month.from_90d_at,
  month.from_365d_at,
  raw_snapshot.known_at,
  raw_snapshot.contract_info,
  raw_snapshot.user_information,
  raw_snapshot.purchase_logs,
  raw_snapshot.interaction_history
from raw_snapshot
inner join month
  on raw_snapshot.snapshot_month = month.snapshot_month
where
  {{ known_as_of('raw_snapshot.known_at', 'month.closes_at') }}
  and not exists (
    select 1
    from version as later
    where
      later.ccod = raw_snapshot.ccod
      and later.snapshot_month = raw_snapshot.snapshot_month
      and later.known_at > raw_snapshot.known_at
      and {{ known_as_of('later.known_at', 'month.closes_at') }}
  )
