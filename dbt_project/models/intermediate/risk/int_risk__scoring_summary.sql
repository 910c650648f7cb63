-- What the newest scoring of each target found: how many customers, how many of them at high risk, and what is at
-- stake. Customers who were not scored again belong to an older scoring.
with score as (

  select * from {{ ref('int_risk__latest_score_by_target') }}

),

target as (

  select * from {{ ref('int_outcomes__target') }}

),

economics as (

  select * from {{ ref('int_risk__target_economics') }}

),

customer_value as (

  select * from {{ ref('int_risk__customer_value') }}

),

newest as (

  select
    target_name,
    max(as_of_date) as as_of_date
  from score
  group by target_name

)

select
  target.target_name,
  target.is_documented,
  newest.as_of_date,
  count(*) as scored_count,
  count(*) filter (where score.is_high_risk) as high_risk_count,
  sum(score.probability * customer_value.monthly_margin * economics.margin_months) as value_at_risk,
  economics.currency
from target
inner join newest
  on target.target_name = newest.target_name
inner join score
  on
    newest.target_name = score.target_name
    and newest.as_of_date = score.as_of_date
inner join economics
  on target.target_name = economics.target_name
left join customer_value
  on
    score.target_name = customer_value.target_name
    and score.customer_code = customer_value.customer_code
    and score.as_of_date = customer_value.as_of_date
group by target.target_name, target.is_documented, newest.as_of_date, economics.currency
