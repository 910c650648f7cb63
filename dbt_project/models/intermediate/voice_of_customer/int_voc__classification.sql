-- What each model version decided of each message. Versions that only ever ran in the shadow decide nothing.
with classification as (

  select * from {{ ref('stg_ml__message_classification') }}

),

candidate as (

  select * from {{ ref('stg_ml__message_category') }}

),

deployment as (

  select * from {{ ref('stg_ml__model_deployment') }}

),

in_the_shadow as (

  select version as model_version
  from deployment
  group by version
  having count(*) filter (where stage = 'production') = 0

),

best as (

  select
    message_id,
    model_version,
    voc_id,
    min(case when category_level = 1 then voc_id end) over (partition by message_id, model_version) as main_voc_id,
    row_number() over (partition by message_id, model_version order by category_level desc) as depth_rank
  from candidate
  where candidate_rank = 1

),

decided as (

  select
    classification.message_id,
    classification.model_name,
    classification.model_version,
    classification.classified_at,
    classification.is_claim,
    classification.is_unknown,
    classification.confidence,
    best.voc_id as best_voc_id,
    case when not classification.is_unknown then best.voc_id end as voc_id,
    case when not classification.is_unknown then best.main_voc_id end as main_voc_id
  from classification
  left join best
    on
      classification.message_id = best.message_id
      and classification.model_version = best.model_version
      and best.depth_rank = 1
  -- the planner takes an anti-join here for one that leaves nothing, and joins a million messages row by row
  where classification.model_version not in (select in_the_shadow.model_version from in_the_shadow)

)

select
  message_id,
  model_name,
  model_version,
  classified_at,
  is_claim,
  is_unknown,
  confidence,
  best_voc_id,
  voc_id,
  main_voc_id,
  row_number() over (partition by message_id order by classified_at, model_version) as earliest_rank,
  row_number() over (partition by message_id order by classified_at desc, model_version desc) as latest_rank
from decided
