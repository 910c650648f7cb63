-- The CRM record of each customer as it was known at T.
with month as (

  select * from {{ ref('base_deskroom__month') }}

),

customer_version as (

  select * from {{ ref('stg_crm__customer_version') }}

),

ranked as (

  select
    month.snapshot_month,
    customer_version.*,
    row_number() over (
      partition by month.snapshot_month, customer_version.customer_code
      order by customer_version.known_at desc
    ) as version_rank
  from month
  inner join customer_version
    on {{ known_as_of('customer_version.known_at', 'month.as_of_at') }}

)

select
  customer_code,
  snapshot_month,
  age,
  tenure,
  balance,
  products,
  credit_card,
  active,
  salary,
  attributes
from ranked
where version_rank = 1
