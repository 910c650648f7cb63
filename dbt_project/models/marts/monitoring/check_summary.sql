with check_state as (

  select * from {{ ref('int_monitoring__check_state') }}

)

select
  layer,
  relation,
  check_name,
  tool,
  partition_key,
  is_blocking,
  severity,
  passed,
  rows_checked,
  rows_failed,
  failed_since,
  checked_at
from check_state
