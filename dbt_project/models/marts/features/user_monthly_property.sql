{{
  config(
    materialized='monthly',
    month_column='created_at',
    indexes=[
      {'name': 'idx_user_monthly_property_key', 'columns': ['ccod', 'created_at'], 'unique': true},
    ],
  )
}}

with feature as (

  select * from {{ ref('int_customer__service_features') }}

)

select
  cast(customer_code as varchar(50)) as ccod,
  as_of_at as created_at,
  unique_work_types,
  cancelled_work,
  cancellation_rate,
  confirmation_rate,
  avg_services_per_work,
  work_last_30d,
  confirmed_30d,
  cancelled_30d,
  services_30d,
  work_types_30d,
  cancellation_rate_30d,
  confirmation_rate_30d,
  work_last_60d,
  confirmed_60d,
  cancelled_60d,
  services_60d,
  work_types_60d,
  cancellation_rate_60d,
  confirmation_rate_60d,
  work_last_90d,
  confirmed_90d,
  cancelled_90d,
  services_90d,
  work_types_90d,
  cancellation_rate_90d,
  confirmation_rate_90d,
  avg_csi_score,
  csi_score_30d,
  csi_score_60d,
  csi_score_90d,
  csi_survey_count,
  csi_survey_count_30d,
  csi_survey_count_60d,
  csi_survey_count_90d,
  num_interactions,
  voc_count,
  non_voc_count,
  voc_ratio,
  interactions_30d,
  voc_30d,
  non_voc_30d,
  voc_ratio_30d,
  interactions_60d,
  voc_60d,
  non_voc_60d,
  voc_ratio_60d,
  interactions_90d,
  voc_90d,
  non_voc_90d,
  voc_ratio_90d,
  recent_90d_activity_ratio,
  recent_30d_activity_ratio,
  activity_density,
  confirmation_rate_change,
  cancellation_rate_change,
  voc_to_work_ratio,
  recent_30d_to_90d_ratio
from feature
where snapshot_month = {{ this_month() }}
