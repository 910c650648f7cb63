with customer as (

  select * from {{ source('crm', 'customer') }}

)

select
  id as customer_id,
  customer_code,
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
  attributes,
  known_at,
  created_at,
  updated_at
from customer
