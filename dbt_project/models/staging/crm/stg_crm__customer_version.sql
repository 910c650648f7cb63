-- Everything that was ever known about each customer, by the time it became known.
with customer_version as (

  select * from {{ source('crm', 'customer_version') }}

)

select
  customer_code,
  known_at,
  name,
  email,
  phone,
  age,
  tenure,
  balance,
  products,
  credit_card,
  active,
  salary,
  attributes
from customer_version
