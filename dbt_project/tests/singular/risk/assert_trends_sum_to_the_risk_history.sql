-- Identity: every score of the history is in the trend of exactly one day.
with trends as (

  select
    coalesce(sum(total_predictions), 0) as prediction_count,
    coalesce(sum(high_risk_count), 0) as high_risk_count
  from {{ ref('risk_trends') }}

),

history as (

  select
    count(*) as prediction_count,
    count(*) filter (where is_high_risk) as high_risk_count
  from {{ ref('int_risk__documented_score') }}

)

select
  trends.prediction_count as trend_count,
  history.prediction_count as history_count
from trends
cross join history
where
  trends.prediction_count <> history.prediction_count
  or trends.high_risk_count <> history.high_risk_count
