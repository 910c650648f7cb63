-- Decisions in today's tree. A merged category is its successor. A split one is the successor that the newest
-- classification puts first; where that names none of them, the category above.
with decision as (

  select * from {{ ref('int_voc__decision') }}

),

successor as (

  select * from {{ ref('int_voc__category_successor') }}

),

category as (

  select * from {{ ref('stg_deskroom__voc_category') }}

),

candidate as (

  select * from {{ ref('stg_ml__message_category') }}

),

ranked_choice as (

  select
    decision.message_id,
    successor.successor_voc_id,
    row_number() over (
      partition by decision.message_id
      order by candidate.candidate_rank asc, candidate.category_level desc
    ) as choice_rank
  from decision
  inner join successor
    on decision.voc_id = successor.voc_id
  inner join candidate
    on
      decision.message_id = candidate.message_id
      and decision.model_version = candidate.model_version
      and successor.successor_voc_id = candidate.voc_id
  where successor.successor_count > 1

),

-- a category that was given up, without looking at any message
replaced as (

  select
    successor.voc_id,
    max(successor.successor_count) as successor_count,
    max(successor.successor_voc_id) as any_successor_voc_id,
    max(coalesce(parent_successor.successor_voc_id, category.parent_voc_id, successor.voc_id)) as above_voc_id
  from successor
  inner join category
    on successor.voc_id = category.voc_id
  left join successor as parent_successor
    on
      category.parent_voc_id = parent_successor.voc_id
      and parent_successor.successor_count = 1
  group by successor.voc_id

)

select
  decision.message_id,
  decision.customer_code,
  decision.received_at,
  decision.aggregate_date,
  decision.decided_by,
  decision.is_claim,
  case
    when replaced.voc_id is null then decision.voc_id
    when replaced.successor_count = 1 then replaced.any_successor_voc_id
    else coalesce(ranked_choice.successor_voc_id, replaced.above_voc_id)
  end as voc_id
from decision
left join replaced
  on decision.voc_id = replaced.voc_id
left join ranked_choice
  on
    decision.message_id = ranked_choice.message_id
    and ranked_choice.choice_rank = 1
