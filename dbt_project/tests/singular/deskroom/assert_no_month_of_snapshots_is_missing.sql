{{ config(severity='warn') }}

-- Months between the first and the newest one whose snapshots were never delivered: nobody was scored as of their end.
-- Only months that files of snapshots brought: a package that names its as-of dates may leave months out.
with delivered as (

  select distinct load_month.snapshot_month
  from {{ source('deskroom', 'load_month') }} as load_month
  inner join {{ source('deskroom', 'load_batch') }} as load_batch
    on load_month.batch_id = load_batch.batch_id
  inner join {{ ref('base_deskroom__month') }} as known_month
    on load_month.snapshot_month = known_month.snapshot_month
  where load_batch.target_table = 'source.user_monthly_features'

),

followed as (

  select
    snapshot_month,
    lead(snapshot_month) over (order by snapshot_month) as next_month
  from delivered

)

select
  snapshot_month as last_month_before,
  next_month as first_month_after
from followed
where next_month > cast({{ dbt.dateadd('month', 1, 'snapshot_month') }} as date)
