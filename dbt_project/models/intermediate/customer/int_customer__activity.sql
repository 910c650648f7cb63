-- Visits, surveys and contacts side by side for everyone in the month's snapshot; a customer without events has
-- counts of 0. The total of works is kept here, because the documented row does not carry it.
with snapshot as (

  select * from {{ ref('stg_source__snapshot') }}

),

service as (

  select * from {{ ref('int_customer__service_windows') }}

),

csi as (

  select * from {{ ref('int_customer__csi_windows') }}

),

interaction as (

  select * from {{ ref('int_customer__interaction_windows') }}

)

select
  snapshot.customer_code,
  snapshot.snapshot_month,
  snapshot.as_of_at,
  coalesce(service.total_work, 0) as total_work,
  coalesce(service.confirmed_work, 0) as confirmed_work,
  coalesce(service.cancelled_work, 0) as cancelled_work,
  coalesce(service.total_services, 0) as total_services,
  coalesce(service.unique_work_types, 0) as unique_work_types,
  coalesce(service.work_last_30d, 0) as work_last_30d,
  coalesce(service.confirmed_30d, 0) as confirmed_30d,
  coalesce(service.cancelled_30d, 0) as cancelled_30d,
  coalesce(service.services_30d, 0) as services_30d,
  coalesce(service.work_types_30d, 0) as work_types_30d,
  coalesce(service.work_last_60d, 0) as work_last_60d,
  coalesce(service.confirmed_60d, 0) as confirmed_60d,
  coalesce(service.cancelled_60d, 0) as cancelled_60d,
  coalesce(service.services_60d, 0) as services_60d,
  coalesce(service.work_types_60d, 0) as work_types_60d,
  coalesce(service.work_last_90d, 0) as work_last_90d,
  coalesce(service.confirmed_90d, 0) as confirmed_90d,
  coalesce(service.cancelled_90d, 0) as cancelled_90d,
  coalesce(service.services_90d, 0) as services_90d,
  coalesce(service.work_types_90d, 0) as work_types_90d,
  csi.avg_csi_score,
  csi.csi_score_30d,
  csi.csi_score_60d,
  csi.csi_score_90d,
  coalesce(csi.csi_survey_count, 0) as csi_survey_count,
  coalesce(csi.csi_survey_count_30d, 0) as csi_survey_count_30d,
  coalesce(csi.csi_survey_count_60d, 0) as csi_survey_count_60d,
  coalesce(csi.csi_survey_count_90d, 0) as csi_survey_count_90d,
  coalesce(interaction.num_interactions, 0) as num_interactions,
  coalesce(interaction.voc_count, 0) as voc_count,
  coalesce(interaction.non_voc_count, 0) as non_voc_count,
  coalesce(interaction.interactions_30d, 0) as interactions_30d,
  coalesce(interaction.voc_30d, 0) as voc_30d,
  coalesce(interaction.non_voc_30d, 0) as non_voc_30d,
  coalesce(interaction.interactions_60d, 0) as interactions_60d,
  coalesce(interaction.voc_60d, 0) as voc_60d,
  coalesce(interaction.non_voc_60d, 0) as non_voc_60d,
  coalesce(interaction.interactions_90d, 0) as interactions_90d,
  coalesce(interaction.voc_90d, 0) as voc_90d,
  coalesce(interaction.non_voc_90d, 0) as non_voc_90d,
  least(service.first_work_at, interaction.first_interaction_at) as first_activity_at
from snapshot
left join service
  on
    snapshot.customer_code = service.customer_code
    and snapshot.snapshot_month = service.snapshot_month
left join csi
  on
    snapshot.customer_code = csi.customer_code
    and snapshot.snapshot_month = csi.snapshot_month
left join interaction
  on
    snapshot.customer_code = interaction.customer_code
    and snapshot.snapshot_month = interaction.snapshot_month
