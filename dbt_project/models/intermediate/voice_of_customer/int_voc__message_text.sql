-- Messages with their text and what strikes names out of it: what a day of the search is made of.
with message as (

  select * from {{ ref('stg_deskroom__message') }}

),

decided as (

  select * from {{ ref('int_voc__message') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  decided.message_id,
  decided.aggregate_date,
  decided.received_at,
  decided.customer_code,
  decided.category_code,
  decided.main_category_name,
  decided.is_claim,
  decided.decided_by,
  message.reception_number,
  message.content,
  customer.name as customer_name
from decided
inner join message
  on decided.message_id = message.message_id
left join customer
  on decided.customer_code = customer.customer_code
