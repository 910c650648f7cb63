-- Every score with its latest label, and whether the label was due: a month is judged when all its labels are in,
-- not by those that came first.
with prediction_log as (

  select * from {{ ref('int_monitoring__prediction_log') }}

),

label_version as (

  select * from {{ ref('int_monitoring__label_version') }}
  where version_rank = 1

),

maturity as (

  select * from {{ ref('int_outcomes__maturity') }}

),

target as (

  select * from {{ ref('target_definition') }}

),

outside_label as (

  select * from {{ ref('stg_deskroom__prediction_label') }}

),

-- how far the outside labels reach: for them nothing else says what is recorded
outside_reach as (

  select max(known_at) as known_until
  from outside_label

),

horizon as (

  select
    prediction_log.*,
    maturity.is_mature,
    target.maturity_days,
    {{ dbt.dateadd('month', 'target.horizon_months', 'prediction_log.predicted_at') }} as horizon_end
  from prediction_log
  left join maturity
    on
      prediction_log.target_name = maturity.target_name
      and prediction_log.as_of_date = maturity.as_of_date
  left join target
    on prediction_log.target_name = target.target_name

),

due as (

  select
    horizon.*,
    {{ dbt.dateadd('day', 'horizon.maturity_days', 'horizon.horizon_end') }} as due_at
  from horizon

)

select
  due.prediction_id,
  due.model_name,
  due.model_version,
  due.model_stage,
  due.as_of_date,
  due.predicted_at,
  due.prediction,
  due.probability,
  label_version.true_label,
  label_version.label_timestamp,
  label_version.label_source,
  case
    when due.as_of_date is not null then coalesce(due.is_mature, false)
    when due.due_at is null then true
    else coalesce(due.due_at <= outside_reach.known_until, false)
  end as is_mature
from due
cross join outside_reach
left join label_version
  on due.prediction_id = label_version.prediction_id
