{{ config(
    materialized='concurrent_materialized_view',
    indexes=[
      {'name': 'idx_high_risk_customers_id', 'columns': ['id'], 'unique': true},
      {'name': 'idx_high_risk_customers_risk_score', 'columns': ['risk_score']},
    ],
    column_grants={'bellwether_analyst': ['id', 'risk_score', 'prediction_time']},
) }}

with latest_score as (

  select * from {{ ref('int_risk__latest_documented_score') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  customer.customer_id as id,
  customer.name,
  customer.email,
  latest_score.probability as risk_score,
  latest_score.predicted_at as prediction_time,
  latest_score.id as prediction_id
from latest_score
inner join customer
  on latest_score.customer_id = customer.customer_id
where latest_score.is_high_risk
