-- What a customer earns the company in a month: a margin on the fees or, where no fee is recorded, on the balance.
with customer_features as (

  select * from {{ ref('customer_features') }}

),

target as (

  select * from {{ ref('target_definition') }}

)

select
  target.target_name,
  customer_features.customer_code,
  customer_features.as_of_date,
  customer_features.monthly_fee,
  customer_features.balance,
  coalesce(
    customer_features.monthly_fee * target.margin_ratio,
    customer_features.balance * target.balance_margin_ratio / 12
  ) as monthly_margin
from customer_features
cross join target
