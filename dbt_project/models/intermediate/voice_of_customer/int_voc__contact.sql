-- Each contact with the next one of the same customer about the same main category. What nobody decided is no category.
with message as (

  select * from {{ ref('int_voc__message') }}
  where main_category_code <> 'unknown'

),

horizon as (

  select max(received_at) as received_until_at
  from {{ ref('stg_deskroom__message') }}

),

followed as (

  select
    message_id,
    customer_code,
    aggregate_date,
    main_category_code,
    main_category_name,
    received_at,
    is_claim,
    lead(received_at) over (
      partition by customer_code, main_category_code
      order by received_at, message_id
    ) as next_received_at
  from message

)

select
  followed.message_id,
  followed.customer_code,
  followed.aggregate_date,
  followed.main_category_code,
  followed.main_category_name,
  followed.is_claim,
  followed.received_at + interval '168' hour <= horizon.received_until_at as is_mature,
  coalesce(followed.next_received_at > followed.received_at + interval '168' hour, true) as is_resolved
from followed
cross join horizon
