with trend as (

  select * from {{ ref('int_risk__daily_trend') }}

)

select
  prediction_date as date,
  total_predictions,
  average_risk,
  high_risk_count
from trend
order by prediction_date desc
