-- What happened to the attempts at a better version: asked for, judged by the gate, promoted against it.
with retraining as (

  select * from {{ ref('stg_ml__retraining') }}

),

promotion_override as (

  select * from {{ ref('stg_ml__promotion_override') }}

),

asked as (

  select
    'asked' as event_kind,
    id as source_id,
    created_at as decided_at,
    model_name,
    shadow_model_version as model_version,
    trigger_kind as outcome,
    {{ document_text('trigger_evidence', 'asked_by') }} as decided_by,
    coalesce({{ document_text('trigger_evidence', 'reason') }}, trigger_key) as reason,
    id as retraining_id
  from retraining

),

-- an attempt that was given up keeps no instant of its own: it stands where it was asked for
verdict as (

  select
    'verdict' as event_kind,
    id as source_id,
    coalesce(decided_at, created_at) as decided_at,
    model_name,
    shadow_model_version as model_version,
    case
      when state = 'failed' then 'given up'
      when state = 'shadow' then 'waiting'
      when gate_passed then 'passed'
      else 'refused'
    end as outcome,
    'promotion gate' as decided_by,
    verdict as reason,
    id as retraining_id
  from retraining
  where verdict is not null

),

overridden as (

  select
    'override' as event_kind,
    promotion_override.override_id as source_id,
    promotion_override.created_at as decided_at,
    retraining.model_name,
    retraining.shadow_model_version as model_version,
    'promoted' as outcome,
    promotion_override.decided_by,
    promotion_override.reason,
    retraining.id as retraining_id
  from promotion_override
  inner join retraining
    on promotion_override.retraining_id = retraining.id

)

select * from asked
union all
select * from verdict
union all
select * from overridden
