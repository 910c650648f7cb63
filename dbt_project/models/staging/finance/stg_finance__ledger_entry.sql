-- The newest version of each ledger entry.
with entry as (

  select * from {{ source('finance', 'timeseries_data') }}

),

ranked as (

  select
    *,
    row_number() over (partition by entry_code order by known_at desc) as version_rank
  from entry
)

select
  entry_code,
  {{ adapter.quote('timestamp') }} as occurred_at,
  category,
  value as amount,
  known_at
from ranked
where version_rank = 1
