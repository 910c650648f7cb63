with customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  customer_code,
  customer_id,
  {{ mask_unless_permitted('name', 'name') }} as customer_name,
  {{ mask_unless_permitted('email', 'email') }} as email,
  {{ mask_unless_permitted('phone', 'phone') }} as phone
from customer
