-- Visits of the last 30, 60 and 90 days and of the whole history. Each visit meets each window once; counting first by
-- kind of work turns the distinct kinds into plain counts.
with work as (

  select * from {{ ref('stg_source__work') }}

),

flagged as (

  select
    customer_code,
    snapshot_month,
    work_type,
    scheduled_at,
    coalesce(services, 0) as services,
    coalesce(status = 'confirmed', false) as is_confirmed,
    coalesce(status = 'cancelled', false) as is_cancelled,
    scheduled_at >= from_30d_at as is_30d,
    scheduled_at >= from_60d_at as is_60d,
    scheduled_at >= from_90d_at as is_90d
  from work

),

by_work_type as (

  select
    customer_code,
    snapshot_month,
    work_type,
    count(*) as works,
    count(*) filter (where is_confirmed) as confirmed,
    count(*) filter (where is_cancelled) as cancelled,
    sum(services) as services,
    min(scheduled_at) as first_work_at,
    count(*) filter (where is_30d) as work_last_30d,
    count(*) filter (where is_30d and is_confirmed) as confirmed_30d,
    count(*) filter (where is_30d and is_cancelled) as cancelled_30d,
    coalesce(sum(services) filter (where is_30d), 0) as services_30d,
    count(*) filter (where is_60d) as work_last_60d,
    count(*) filter (where is_60d and is_confirmed) as confirmed_60d,
    count(*) filter (where is_60d and is_cancelled) as cancelled_60d,
    coalesce(sum(services) filter (where is_60d), 0) as services_60d,
    count(*) filter (where is_90d) as work_last_90d,
    count(*) filter (where is_90d and is_confirmed) as confirmed_90d,
    count(*) filter (where is_90d and is_cancelled) as cancelled_90d,
    coalesce(sum(services) filter (where is_90d), 0) as services_90d
  from flagged
  group by customer_code, snapshot_month, work_type

)

select
  customer_code,
  snapshot_month,
  cast(sum(works) as integer) as total_work,
  cast(sum(confirmed) as integer) as confirmed_work,
  cast(sum(cancelled) as integer) as cancelled_work,
  cast(sum(services) as integer) as total_services,
  cast(count(*) filter (where work_type is not null) as integer) as unique_work_types,
  min(first_work_at) as first_work_at,
  cast(sum(work_last_30d) as integer) as work_last_30d,
  cast(sum(confirmed_30d) as integer) as confirmed_30d,
  cast(sum(cancelled_30d) as integer) as cancelled_30d,
  cast(sum(services_30d) as integer) as services_30d,
  cast(count(*) filter (where work_type is not null and work_last_30d > 0) as integer) as work_types_30d,
  cast(sum(work_last_60d) as integer) as work_last_60d,
  cast(sum(confirmed_60d) as integer) as confirmed_60d,
  cast(sum(cancelled_60d) as integer) as cancelled_60d,
  cast(sum(services_60d) as integer) as services_60d,
  cast(count(*) filter (where work_type is not null and work_last_60d > 0) as integer) as work_types_60d,
  cast(sum(work_last_90d) as integer) as work_last_90d,
  cast(sum(confirmed_90d) as integer) as confirmed_90d,
  cast(sum(cancelled_90d) as integer) as cancelled_90d,
  cast(sum(services_90d) as integer) as services_90d,
  cast(count(*) filter (where work_type is not null and work_last_90d > 0) as integer) as work_types_90d
from by_work_type
group by customer_code, snapshot_month
