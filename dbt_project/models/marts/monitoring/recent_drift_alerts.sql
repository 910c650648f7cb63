-- The documented query: the ten newest alerts of drift.
with alert as (

  select * from {{ ref('monitoring_alerts') }}
  where alert_type = 'drift'

),

ranked as (

  select
    *,
    row_number() over (order by created_at desc, id desc) as recency_rank
  from alert

)

select
  created_at,
  severity,
  drift_share,
  id,
  model_version,
  as_of_date,
  message
from ranked
where recency_rank <= 10
