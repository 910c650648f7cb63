-- The sentence holds the counts and the whole percentage of its evidence.
with recommendation as (

  select
    id,
    snapshot_month,
    reason,
    cast({{ document_text('evidence', 'among') }} as integer) as among_count,
    cast({{ document_text('evidence', 'hold') }} as integer) as hold_count
  from {{ ref('stg_ml__recommendation') }}

)

select
  id,
  snapshot_month,
  reason,
  among_count,
  hold_count
from recommendation
where
  reason not like '%' || among_count || ' customers%'
  or reason not like '%, ' || hold_count || ' %'
  or right(reason, 8) not like '%(' || floor(100.0 * hold_count / among_count + 0.5) || ' _).'
