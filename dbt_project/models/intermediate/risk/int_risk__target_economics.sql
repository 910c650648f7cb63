-- A target with its planning figures in the company's own currency, and what one saved customer is worth.
with target as (

  select * from {{ ref('target_definition') }}

),

data_package as (

  select * from {{ source('deskroom', 'data_package') }}

),

rate as (

  select * from {{ ref('currency_rates') }}

),

customer_value as (

  select * from {{ ref('int_risk__customer_value') }}

),

company as (

  select min(currency) as currency from data_package

),

typical_value as (

  select
    target_name,
    percentile_cont(0.5) within group (order by monthly_margin) as median_monthly_margin
  from customer_value
  where monthly_margin > 0 and as_of_date = (select max(newest.as_of_date) from customer_value as newest)
  group by target_name

)

select
  target.target_name,
  target.model_name,
  target.label_en,
  target.label_ko,
  target.horizon_months,
  target.maturity_days,
  target.documented_threshold,
  target.capacity_ratio,
  target.retention_success_ratio,
  target.margin_months,
  company.currency,
  target.contact_cost * company_rate.units_per_usd / cost_rate.units_per_usd as contact_cost,
  typical_value.median_monthly_margin * target.margin_months as customer_value
from target
cross join company
inner join rate as cost_rate
  on target.contact_cost_currency = cost_rate.currency
left join rate as company_rate
  on company.currency = company_rate.currency
left join typical_value
  on target.target_name = typical_value.target_name
