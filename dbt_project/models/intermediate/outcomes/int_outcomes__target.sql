-- Which targets are asked of this company: those its packages name, all that are defined where none names any.
with target as (

  select * from {{ ref('target_definition') }}

),

named_target as (

  select * from {{ ref('stg_deskroom__asked_target') }}

)

select
  target.target_name,
  target.model_name,
  target.label_en,
  target.is_documented,
  target.outcome_rule,
  target.horizon_months,
  target.past_due_days,
  target.maturity_days
from target
where
  target.target_name in (select named_target.target_name from named_target)
  or not exists (select 1 from named_target)
