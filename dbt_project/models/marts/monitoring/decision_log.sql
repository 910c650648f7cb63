-- What was decided about the models, by whom and why: stages, attempts and the watch in one list.
with deployment as (

  select * from {{ ref('stg_ml__model_deployment') }}

),

attempt_event as (

  select * from {{ ref('int_monitoring__attempt_event') }}

),

promotion_watch as (

  select * from {{ ref('stg_ml__promotion_watch') }}

),

stage_change as (

  select
    'stage' as event_kind,
    deployment_id as source_id,
    {{ range_start('valid_during') }} as decided_at,
    model_name,
    version as model_version,
    stage as outcome,
    decided_by,
    reason,
    cast(null as integer) as retraining_id,
    cast(null as date) as as_of_date
  from deployment

),

attempt as (

  select
    event_kind,
    source_id,
    decided_at,
    model_name,
    model_version,
    outcome,
    decided_by,
    reason,
    retraining_id,
    cast(null as date) as as_of_date
  from attempt_event

),

watched as (

  select
    'watch' as event_kind,
    id as source_id,
    checked_at as decided_at,
    model_name,
    model_version,
    case
      when is_within_band then 'within its band'
      when rolled_back_to is not null then 'rolled back'
      else 'outside its band'
    end as outcome,
    'promotion watch' as decided_by,
    {{ document_text('findings', 'statement') }} as reason,
    cast(null as integer) as retraining_id,
    as_of_date
  from promotion_watch

),

decided as (

  select * from stage_change
  union all
  select * from attempt
  union all
  select * from watched

)

select
  cast(event_kind || ':' || source_id as varchar(40)) as event_id,
  decided_at,
  cast(model_name as varchar(100)) as model_name,
  cast(model_version as varchar(50)) as model_version,
  cast(event_kind as varchar(20)) as event_kind,
  cast(outcome as varchar(20)) as outcome,
  cast(decided_by as {{ dbt.type_string() }}) as decided_by,
  cast(reason as {{ dbt.type_string() }}) as reason,
  retraining_id,
  as_of_date
from decided
