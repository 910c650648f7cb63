{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Whom a call is worth: expected margin saved less the cost of calling, ranked, up to the team's capacity. Only
-- customers of the newest scoring who are still in the cohort (under contract, where contracts are kept).
with latest_score as (

  select * from {{ ref('int_risk__latest_documented_score') }}

),

cohort as (

  select * from {{ ref('int_outcomes__cohort') }}

),

economics as (

  select * from {{ ref('int_risk__target_economics') }}

),

customer_value as (

  select * from {{ ref('int_risk__customer_value') }}

),

scored as (

  select
    latest_score.*,
    economics.target_name,
    economics.currency,
    customer_value.monthly_fee,
    customer_value.monthly_margin,
    latest_score.probability * economics.retention_success_ratio
    * customer_value.monthly_margin * economics.margin_months - economics.contact_cost as expected_value,
    customer_value.monthly_margin * economics.margin_months as value_at_risk,
    ceil(count(*) over (partition by economics.target_name) * economics.capacity_ratio) as capacity
  from latest_score
  inner join economics
    on latest_score.model_name = economics.model_name
  inner join cohort
    on
      economics.target_name = cohort.target_name
      and latest_score.customer_code = cohort.customer_code
      and latest_score.as_of_date = cohort.as_of_date
  left join customer_value
    on
      economics.target_name = customer_value.target_name
      and latest_score.customer_code = customer_value.customer_code
      and latest_score.as_of_date = customer_value.as_of_date
  where latest_score.as_of_date = (select max(newest.as_of_date) from latest_score as newest)

),

ranked as (

  select
    *,
    row_number() over (
      partition by target_name
      order by expected_value desc, probability desc, customer_code asc
    ) as priority_rank
  from scored
  where expected_value > 0

)

select
  id,
  target_name,
  customer_id,
  customer_code,
  as_of_date,
  predicted_at,
  model_version,
  priority_rank,
  probability,
  risk_band,
  monthly_fee,
  monthly_margin,
  value_at_risk,
  expected_value,
  currency,
  capacity
from ranked
where priority_rank <= capacity
