-- Visits, surveys and contacts by window, for everyone in the month's snapshot; a customer without events has counts of
-- 0. Each document is read where it lies: taking the events out, grouping them by customer and joining the three kinds
-- back to the customers takes 1.5 to 1.8 times the CPU (100,000 customers, one month). The total of works is kept,
-- because the documented row does not carry it.
-- (ST05 asks for CTEs; a query of the row that holds the document cannot be one.)
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

select
  snapshot.customer_code,
  snapshot.snapshot_month,
  snapshot.as_of_at,
  visit.*,
  answer.*,
  contact.*,
  least(visit.first_work_at, contact.first_interaction_at) as first_activity_at
from snapshot
cross join
  lateral ( -- noqa: ST05
    select
      min(scheduled_at) as first_work_at,
      cast(count(*) as integer) as total_work,
      cast(count(*) filter (where status = 'confirmed') as integer) as confirmed_work,
      cast(count(*) filter (where status = 'cancelled') as integer) as cancelled_work,
      cast(coalesce(sum(services), 0) as integer) as total_services,
      cast(count(distinct work_type) as integer) as unique_work_types,
      cast(count(*) filter (where is_30d) as integer) as work_last_30d,
      cast(count(*) filter (where is_30d and status = 'confirmed') as integer) as confirmed_30d,
      cast(count(*) filter (where is_30d and status = 'cancelled') as integer) as cancelled_30d,
      cast(coalesce(sum(services) filter (where is_30d), 0) as integer) as services_30d,
      cast(count(distinct work_type) filter (where is_30d) as integer) as work_types_30d,
      cast(count(*) filter (where is_60d) as integer) as work_last_60d,
      cast(count(*) filter (where is_60d and status = 'confirmed') as integer) as confirmed_60d,
      cast(count(*) filter (where is_60d and status = 'cancelled') as integer) as cancelled_60d,
      cast(coalesce(sum(services) filter (where is_60d), 0) as integer) as services_60d,
      cast(count(distinct work_type) filter (where is_60d) as integer) as work_types_60d,
      cast(count(*) filter (where is_90d) as integer) as work_last_90d,
      cast(count(*) filter (where is_90d and status = 'confirmed') as integer) as confirmed_90d,
      cast(count(*) filter (where is_90d and status = 'cancelled') as integer) as cancelled_90d,
      cast(coalesce(sum(services) filter (where is_90d), 0) as integer) as services_90d,
      cast(count(distinct work_type) filter (where is_90d) as integer) as work_types_90d
    from (
      select
        work.work_type,
        work.status,
        work.services,
        work.scheduled_at,
        work.scheduled_at >= snapshot.from_30d_at as is_30d,
        work.scheduled_at >= snapshot.from_60d_at as is_60d,
        work.scheduled_at >= snapshot.from_90d_at as is_90d
      from {{ document_table('snapshot.interaction_history', 'works', 'work', document_fields('work')) }}
      where work.scheduled_at < snapshot.as_of_at
    ) as flagged
  ) as visit
cross join
  lateral ( -- noqa: ST05
    select
      avg(score) as avg_csi_score,
      cast(count(score) as integer) as csi_survey_count,
      avg(score) filter (where is_30d) as csi_score_30d,
      cast(count(score) filter (where is_30d) as integer) as csi_survey_count_30d,
      avg(score) filter (where is_60d) as csi_score_60d,
      cast(count(score) filter (where is_60d) as integer) as csi_survey_count_60d,
      avg(score) filter (where is_90d) as csi_score_90d,
      cast(count(score) filter (where is_90d) as integer) as csi_survey_count_90d
    from (
      select
        survey.score,
        survey.surveyed_at,
        survey.surveyed_at >= snapshot.from_30d_at as is_30d,
        survey.surveyed_at >= snapshot.from_60d_at as is_60d,
        survey.surveyed_at >= snapshot.from_90d_at as is_90d
      from {{ document_table('snapshot.interaction_history', 'csi', 'survey', document_fields('survey')) }}
      where survey.surveyed_at < snapshot.as_of_at
    ) as flagged
  ) as answer
cross join lateral ( -- noqa: ST05
  select
    min(occurred_at) as first_interaction_at,
    cast(count(*) as integer) as num_interactions,
    cast(count(*) filter (where is_voc) as integer) as voc_count,
    cast(count(*) filter (where is_voc is not true) as integer) as non_voc_count,
    cast(count(*) filter (where is_30d) as integer) as interactions_30d,
    cast(count(*) filter (where is_30d and is_voc) as integer) as voc_30d,
    cast(count(*) filter (where is_30d and is_voc is not true) as integer) as non_voc_30d,
    cast(count(*) filter (where is_60d) as integer) as interactions_60d,
    cast(count(*) filter (where is_60d and is_voc) as integer) as voc_60d,
    cast(count(*) filter (where is_60d and is_voc is not true) as integer) as non_voc_60d,
    cast(count(*) filter (where is_90d) as integer) as interactions_90d,
    cast(count(*) filter (where is_90d and is_voc) as integer) as voc_90d,
    cast(count(*) filter (where is_90d and is_voc is not true) as integer) as non_voc_90d
  from (
    select
      contact.is_voc,
      contact.occurred_at,
      contact.occurred_at >= snapshot.from_30d_at as is_30d,
      contact.occurred_at >= snapshot.from_60d_at as is_60d,
      contact.occurred_at >= snapshot.from_90d_at as is_90d
    from {{ document_table('snapshot.interaction_history', 'interactions', 'contact', document_fields('interaction')) }}
    where contact.occurred_at < snapshot.as_of_at
  ) as flagged
) as contact
