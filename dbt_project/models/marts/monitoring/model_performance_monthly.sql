-- Realised quality as known today, the first state of knowledge beside it, and what had been estimated before.
with performance as (

  select * from {{ ref('stg_ml__performance') }}

),

estimate as (

  select * from {{ ref('stg_ml__performance_estimate') }}

),

ranked as (

  select
    *,
    row_number() over (
      partition by model_version, as_of_date, segment, metric_name
      order by labels_known_until desc
    ) as recency_rank,
    first_value(value) over (
      partition by model_version, as_of_date, segment, metric_name
      order by labels_known_until
    ) as first_value
  from performance

),

latest as (

  select * from ranked
  where recency_rank = 1

),

paired as (

  select
    coalesce(latest.model_name, estimate.model_name) as model_name,
    coalesce(latest.model_version, estimate.model_version) as model_version,
    coalesce(latest.as_of_date, estimate.as_of_date) as as_of_date,
    coalesce(latest.segment, 'all') as segment,
    coalesce(latest.metric_name, estimate.metric_name) as metric_name,
    latest.row_count,
    latest.positive_count,
    latest.value,
    latest.lower_bound,
    latest.upper_bound,
    latest.labels_known_until,
    latest.first_value,
    estimate.value as estimated_value,
    estimate.lower_bound as estimated_lower_bound,
    estimate.upper_bound as estimated_upper_bound
  from latest
  full outer join estimate
    on
      latest.model_version = estimate.model_version
      and latest.as_of_date = estimate.as_of_date
      and latest.metric_name = estimate.metric_name
      and latest.segment = 'all'

)

select
  model_name,
  model_version,
  as_of_date,
  segment,
  metric_name,
  row_count,
  positive_count,
  value,
  lower_bound,
  upper_bound,
  labels_known_until,
  first_value,
  estimated_value,
  estimated_lower_bound,
  estimated_upper_bound,
  estimated_value - value as estimation_error,
  value >= estimated_lower_bound and value <= estimated_upper_bound as is_estimate_right
from paired
