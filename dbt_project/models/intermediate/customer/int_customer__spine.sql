-- Whose features exist for which month: everyone in the month's snapshot and, where a package names as-of dates
-- because it brings no snapshots, everyone known by then.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

),

month as (

  select * from {{ ref('base_deskroom__month') }}

),

named_date as (

  select * from {{ ref('stg_deskroom__as_of_date') }}

),

customer_version as (

  select * from {{ ref('stg_crm__customer_version') }}

)

select
  customer_code,
  snapshot_month,
  as_of_date,
  as_of_at
from snapshot

union

select
  customer_version.customer_code,
  month.snapshot_month,
  month.as_of_date,
  month.as_of_at
from month
inner join named_date
  on month.as_of_date = named_date.as_of_date
inner join customer_version
  on {{ known_as_of('customer_version.known_at', 'month.as_of_at') }}
