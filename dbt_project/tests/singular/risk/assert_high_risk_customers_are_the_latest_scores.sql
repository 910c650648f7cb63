-- The materialised view is never older than the last scoring: it holds exactly the newest scores that are high.
with shown as (

  select
    id as customer_id,
    prediction_id
  from {{ ref('high_risk_customers') }}

),

expected as (

  select
    customer_id,
    id as prediction_id
  from {{ ref('int_risk__latest_documented_score') }}
  where is_high_risk

)

select
  coalesce(shown.customer_id, expected.customer_id) as customer_id,
  shown.prediction_id as shown_prediction_id,
  expected.prediction_id as expected_prediction_id
from shown
full outer join expected
  on shown.customer_id = expected.customer_id
where shown.prediction_id is distinct from expected.prediction_id
