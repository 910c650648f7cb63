-- Messages with the region of the customer: what a day of figures is made of.
with message as (

  select * from {{ ref('int_voc__message') }}

),

customer_region as (

  select * from {{ ref('int_voc__customer_region') }}

)

select
  message.message_id,
  message.aggregate_date,
  coalesce(customer_region.region, 'unknown') as region,
  message.category_code,
  message.main_category_code,
  message.main_category_name,
  message.is_claim,
  message.first_category_code,
  message.first_main_category_code,
  message.first_main_category_name,
  message.first_is_claim
from message
left join customer_region
  on message.customer_code = customer_region.customer_code
