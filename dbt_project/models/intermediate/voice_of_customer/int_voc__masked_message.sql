-- Messages as everybody may see them: what the model layer learns from, classifies and quotes, what analysts search.
with message as (

  select * from {{ ref('stg_deskroom__message') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  message.message_id,
  message.reception_number,
  message.received_at,
  {{ mask_text('message.content', 'customer.name') }} as content
from message
left join customer
  on message.customer_code = customer.customer_code
