{{
  config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[
      {'name': 'idx_customer_features_key', 'columns': ['customer_code', 'snapshot_month'], 'unique': true},
      {'name': 'idx_customer_features_as_of_date', 'columns': ['as_of_date']},
    ],
  )
}}

with feature as (

  select * from {{ ref('int_customer__features') }}

),

property as (

  select * from {{ ref('user_monthly_property') }}

)

select
  cast(feature.customer_code as varchar(50)) as customer_code,
  feature.snapshot_month,
  feature.as_of_date,
  property.unique_work_types,
  property.cancelled_work,
  property.cancellation_rate,
  property.confirmation_rate,
  property.avg_services_per_work,
  {% for days in (30, 60, 90) %}
    property.work_last_{{ days }}d,
    property.confirmed_{{ days }}d,
    property.cancelled_{{ days }}d,
    property.services_{{ days }}d,
    property.work_types_{{ days }}d,
    property.cancellation_rate_{{ days }}d,
    property.confirmation_rate_{{ days }}d,
  {% endfor %}
  property.avg_csi_score,
  property.csi_score_30d,
  property.csi_score_60d,
  property.csi_score_90d,
  property.csi_survey_count,
  property.csi_survey_count_30d,
  property.csi_survey_count_60d,
  property.csi_survey_count_90d,
  property.num_interactions,
  property.voc_count,
  property.non_voc_count,
  property.voc_ratio,
  property.interactions_30d,
  property.voc_30d,
  property.non_voc_30d,
  property.voc_ratio_30d,
  property.interactions_60d,
  property.voc_60d,
  property.non_voc_60d,
  property.voc_ratio_60d,
  property.interactions_90d,
  property.voc_90d,
  property.non_voc_90d,
  property.voc_ratio_90d,
  property.recent_90d_activity_ratio,
  property.recent_30d_activity_ratio,
  property.activity_density,
  property.confirmation_rate_change,
  property.cancellation_rate_change,
  property.voc_to_work_ratio,
  property.recent_30d_to_90d_ratio,
  feature.age,
  feature.tenure,
  feature.balance,
  feature.products,
  feature.credit_card,
  feature.active,
  feature.salary,
  feature.active_contract_count,
  feature.contract_count,
  feature.suspended_contract_count,
  feature.monthly_fee,
  feature.tenure_months,
  feature.months_since_last_start,
  feature.days_to_next_end,
  feature.purchase_count_90d,
  feature.purchase_amount_90d,
  feature.purchase_count_365d,
  feature.days_since_last_purchase,
  feature.message_count_30d,
  feature.message_count_90d,
  feature.message_recontact_count_30d,
  feature.message_recontact_count_90d,
  feature.days_since_last_message,
  feature.invoice_count_180d,
  feature.late_invoice_count_180d,
  feature.late_invoice_ratio_180d,
  feature.average_days_late_180d,
  feature.overdue_amount,
  feature.industry_code,
  feature.customer_type,
  feature.sido,
  feature.site_area_m2,
  feature.attributes
from feature
left join property
  on
    feature.customer_code = property.ccod
    and feature.as_of_at = property.created_at
where feature.snapshot_month = {{ this_month() }}
