with watch as (

  select * from {{ ref('stg_ml__promotion_watch') }}

)

select
  id,
  model_name,
  model_version,
  as_of_date,
  evidence_kind,
  is_within_band,
  findings,
  rolled_back_to,
  checked_at
from watch
