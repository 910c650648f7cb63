-- Service visits of each snapshot, those of its past only.
with snapshot as (

  select * from {{ ref('stg_source__snapshot') }}

)

select
  snapshot.customer_code,
  snapshot.snapshot_month,
  snapshot.as_of_date,
  snapshot.as_of_at,
  snapshot.from_30d_at,
  snapshot.from_60d_at,
  snapshot.from_90d_at,
  snapshot.from_365d_at,
  work.work_id,
  work.work_type,
  work.scheduled_at,
  work.status,
  cast(work.services as integer) as services
from snapshot
{{ document_rows('snapshot.interaction_history', 'works', 'work', work_fields()) }}
where work.scheduled_at < snapshot.as_of_at
