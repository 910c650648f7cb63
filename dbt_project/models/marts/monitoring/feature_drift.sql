with drift as (

  select * from {{ ref('stg_ml__feature_drift') }}

)

select
  model_name,
  model_version,
  as_of_date,
  feature_name,
  test,
  statistic,
  p_value,
  adjusted_p_value,
  psi,
  jensen_shannon_distance,
  mean_shift_deviations,
  effect,
  missing_ratio,
  reference_missing_ratio,
  row_count,
  bin_counts,
  is_drifted,
  run_id,
  created_at
from drift
