with message as (

  select * from {{ source('deskroom', 'message') }}

)

select
  id as message_id,
  rcno as reception_number,
  ccod as customer_code,
  received_at,
  known_at,
  content
from message
