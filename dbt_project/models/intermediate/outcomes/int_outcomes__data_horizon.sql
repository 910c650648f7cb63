-- Up to when the records speak. Maturity is judged by what is recorded, never by the wall clock, so that a rebuild
-- of old data gives the old labels.
with snapshot as (

  select * from {{ ref('int_outcomes__snapshot') }}

),

by_month as (

  select
    snapshot_month,
    max(known_at) as known_at
  from snapshot
  group by snapshot_month

)

select
  max(snapshot_month) as newest_snapshot_month,
  greatest(
    max({{ business_instant(dbt.dateadd('month', 1, 'snapshot_month')) }}),
    max(known_at)
  ) as known_until
from by_month
