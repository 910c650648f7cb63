-- Every version of every invoice: that it was paid is later knowledge of the same invoice.
with payment_record as (

  select * from {{ source('collections', 'payment_records') }}

)

select
  invoice_number,
  customer_code,
  amount,
  currency,
  issued_date,
  due_date,
  paid_date,
  status,
  known_at
from payment_record
