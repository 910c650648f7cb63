-- The months a company has, with every instant the features of a month are cut at. Days are subtracted in the
-- business calendar, so that a window of 30 days begins at a business midnight in any season.
with load_month as (

  select * from {{ source('deskroom', 'load_month') }}

),

month as (

  select distinct
    snapshot_month,
    cast({{ dbt.dateadd('month', 1, 'snapshot_month') }} as date) as as_of_date
  from load_month

)

select
  snapshot_month,
  as_of_date,
  {{ business_instant('as_of_date') }} as as_of_at,
  {{ business_instant(dbt.dateadd('day', -30, 'as_of_date')) }} as from_30d_at,
  {{ business_instant(dbt.dateadd('day', -60, 'as_of_date')) }} as from_60d_at,
  {{ business_instant(dbt.dateadd('day', -90, 'as_of_date')) }} as from_90d_at,
  {{ business_instant(dbt.dateadd('day', -365, 'as_of_date')) }} as from_365d_at,
  cast({{ dbt.dateadd('day', -180, 'as_of_date') }} as date) as from_180d_date,
  {{ month_closes_at('as_of_date') }} as closes_at
from month
