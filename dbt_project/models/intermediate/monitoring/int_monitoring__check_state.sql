-- The newest result of each check, and since when it has been failing.
with check_result as (

  select * from {{ source('monitoring', 'check_result') }}

),

ranked as (

  select
    layer,
    relation,
    check_name,
    tool,
    coalesce(partition_key, 'all') as partition_key,
    is_blocking,
    severity,
    passed,
    rows_checked,
    rows_failed,
    checked_at,
    check_result_id,
    row_number() over check_history as recency_rank,
    max(checked_at) filter (where passed) over (
      partition by relation, check_name, tool, coalesce(partition_key, 'all')
    ) as last_passed_at
  from check_result
  window check_history as (
    partition by relation, check_name, tool, coalesce(partition_key, 'all')
    order by checked_at desc, check_result_id desc
  )

),

failing as (

  select
    relation,
    check_name,
    tool,
    partition_key,
    min(checked_at) as failed_since
  from ranked
  where not passed and (last_passed_at is null or checked_at > last_passed_at)
  group by relation, check_name, tool, partition_key

)

select
  ranked.layer,
  ranked.relation,
  ranked.check_name,
  ranked.tool,
  ranked.partition_key,
  ranked.is_blocking,
  ranked.severity,
  ranked.passed,
  ranked.rows_checked,
  ranked.rows_failed,
  failing.failed_since,
  ranked.checked_at
from ranked
left join failing
  on
    ranked.relation = failing.relation
    and ranked.check_name = failing.check_name
    and ranked.tool = failing.tool
    and ranked.partition_key = failing.partition_key
where ranked.recency_rank = 1
