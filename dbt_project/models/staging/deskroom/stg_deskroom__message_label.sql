with message_label as (

  select * from {{ source('deskroom', 'message_label') }}

)

select
  rcno as reception_number,
  voc_id,
  is_claim,
  reviewer,
  reviewed_at,
  known_at,
  label_source
from message_label
