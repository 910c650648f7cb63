-- One row per day of the business time zone; the session's zone must not move a score to another day.
with documented_score as (

  select * from {{ ref('int_risk__documented_score') }}

)

select
  prediction_date,
  count(*) as total_predictions,
  avg(probability) as average_risk,
  count(*) filter (where is_high_risk) as high_risk_count
from documented_score
group by prediction_date
