with newest_score as (

  select * from {{ ref('int_risk__newest_score') }}

),

reason as (

  select * from {{ ref('int_risk__reason') }}

),

target as (

  select * from {{ ref('target_definition') }}

)

select
  newest_score.target_name,
  target.label_en as outcome_en,
  target.label_ko as outcome_ko,
  target.horizon_months,
  newest_score.customer_code,
  newest_score.customer_id,
  newest_score.as_of_date,
  newest_score.probability as risk_score,
  newest_score.risk_band,
  newest_score.predicted_label,
  reason.reasons_en,
  reason.reasons_ko,
  newest_score.predicted_at as prediction_time,
  newest_score.model_name,
  newest_score.model_version
from newest_score
inner join target
  on newest_score.target_name = target.target_name
left join reason
  on newest_score.id = reason.id
