-- Satisfaction surveys of the last 30, 60 and 90 days and of the whole history.
with survey as (

  select * from {{ ref('stg_source__csi_survey') }}

)

select
  customer_code,
  snapshot_month,
  avg(score) as avg_csi_score,
  cast(count(score) as integer) as csi_survey_count,
  avg(score) filter (where surveyed_at >= from_30d_at) as csi_score_30d,
  cast(count(score) filter (where surveyed_at >= from_30d_at) as integer) as csi_survey_count_30d,
  avg(score) filter (where surveyed_at >= from_60d_at) as csi_score_60d,
  cast(count(score) filter (where surveyed_at >= from_60d_at) as integer) as csi_survey_count_60d,
  avg(score) filter (where surveyed_at >= from_90d_at) as csi_score_90d,
  cast(count(score) filter (where surveyed_at >= from_90d_at) as integer) as csi_survey_count_90d
from survey
group by customer_code, snapshot_month
