with latest_score as (

  select * from {{ ref('int_risk__latest_score_by_target') }}

),

reason as (

  select * from {{ ref('int_risk__reason') }}

),

target as (

  select * from {{ ref('target_definition') }}

)

select
  latest_score.target_name,
  target.label_en as outcome_en,
  target.label_ko as outcome_ko,
  target.horizon_months,
  latest_score.customer_code,
  latest_score.customer_id,
  latest_score.as_of_date,
  latest_score.probability as risk_score,
  latest_score.risk_band,
  latest_score.predicted_label,
  reason.reasons_en,
  reason.reasons_ko,
  latest_score.predicted_at as prediction_time,
  latest_score.model_name,
  latest_score.model_version
from latest_score
inner join target
  on latest_score.target_name = target.target_name
left join reason
  on latest_score.id = reason.id
