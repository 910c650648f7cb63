-- The 57 documented features, each formula once. Where a number has a denominator of zero it is NULL; counts are 0.
with activity as (

  select * from {{ ref('int_customer__activity') }}

)

select
  customer_code,
  snapshot_month,
  as_of_at,
  unique_work_types,
  cancelled_work,
  {{ ratio('cancelled_work', 'total_work') }} as cancellation_rate,
  {{ ratio('confirmed_work', 'total_work') }} as confirmation_rate,
  {{ ratio('total_services', 'total_work') }} as avg_services_per_work,
  work_last_30d,
  confirmed_30d,
  cancelled_30d,
  services_30d,
  work_types_30d,
  {{ ratio('cancelled_30d', 'work_last_30d') }} as cancellation_rate_30d,
  {{ ratio('confirmed_30d', 'work_last_30d') }} as confirmation_rate_30d,
  work_last_60d,
  confirmed_60d,
  cancelled_60d,
  services_60d,
  work_types_60d,
  {{ ratio('cancelled_60d', 'work_last_60d') }} as cancellation_rate_60d,
  {{ ratio('confirmed_60d', 'work_last_60d') }} as confirmation_rate_60d,
  work_last_90d,
  confirmed_90d,
  cancelled_90d,
  services_90d,
  work_types_90d,
  {{ ratio('cancelled_90d', 'work_last_90d') }} as cancellation_rate_90d,
  {{ ratio('confirmed_90d', 'work_last_90d') }} as confirmation_rate_90d,
  cast(avg_csi_score as real) as avg_csi_score,
  cast(csi_score_30d as real) as csi_score_30d,
  cast(csi_score_60d as real) as csi_score_60d,
  cast(csi_score_90d as real) as csi_score_90d,
  csi_survey_count,
  csi_survey_count_30d,
  csi_survey_count_60d,
  csi_survey_count_90d,
  num_interactions,
  voc_count,
  non_voc_count,
  {{ ratio('voc_count', 'num_interactions') }} as voc_ratio,
  interactions_30d,
  voc_30d,
  non_voc_30d,
  {{ ratio('voc_30d', 'interactions_30d') }} as voc_ratio_30d,
  interactions_60d,
  voc_60d,
  non_voc_60d,
  {{ ratio('voc_60d', 'interactions_60d') }} as voc_ratio_60d,
  interactions_90d,
  voc_90d,
  non_voc_90d,
  {{ ratio('voc_90d', 'interactions_90d') }} as voc_ratio_90d,
  {{ ratio('work_last_90d + interactions_90d', '(total_work + num_interactions)') }} as recent_90d_activity_ratio,
  {{ ratio('work_last_30d + interactions_30d', '(total_work + num_interactions)') }} as recent_30d_activity_ratio,
  case
    when first_activity_at is not null
      then {{ ratio(
        'total_work + num_interactions', 'greatest(' ~ days_between('first_activity_at', 'as_of_at') ~ ', 1.0)'
      ) }}
  end as activity_density,
  {{ ratio('confirmed_30d', 'work_last_30d') }}
  - {{ ratio('confirmed_90d', 'work_last_90d') }} as confirmation_rate_change,
  {{ ratio('cancelled_30d', 'work_last_30d') }}
  - {{ ratio('cancelled_90d', 'work_last_90d') }} as cancellation_rate_change,
  {{ ratio('voc_count', 'total_work') }} as voc_to_work_ratio,
  {{ ratio('work_last_30d + interactions_30d', '(work_last_90d + interactions_90d)') }} as recent_30d_to_90d_ratio
from activity
