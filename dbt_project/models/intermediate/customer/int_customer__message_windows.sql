-- Messages received and known before T, of the last 30 and 90 days. What a message is about is no part of this: a model
-- may read it long after T, and what people said of it covers the messages they happened to look at.
with month as (

  select * from {{ ref('base_deskroom__month') }}

),

message as (

  select * from {{ ref('stg_deskroom__message') }}

),

-- the week before the windows tells whether their first message is a repeat
in_reach as (

  select
    message.customer_code,
    month.snapshot_month,
    month.from_30d_at,
    month.from_90d_at,
    month.as_of_at,
    message.received_at,
    lag(message.received_at) over (
      partition by message.customer_code, month.snapshot_month
      order by message.received_at, message.message_id
    ) as previous_received_at
  from month
  inner join message
    on
      month.from_90d_at - interval '168' hour <= message.received_at
      and month.as_of_at > message.received_at
      and {{ known_as_of('message.known_at', 'month.as_of_at') }}

),

flagged as (

  select
    customer_code,
    snapshot_month,
    as_of_at,
    received_at,
    received_at >= from_30d_at as is_in_30d,
    coalesce(previous_received_at >= received_at - interval '168' hour, false) as is_recontact
  from in_reach
  where received_at >= from_90d_at

)

select
  customer_code,
  snapshot_month,
  cast(count(*) filter (where is_in_30d) as integer) as message_count_30d,
  cast(count(*) as integer) as message_count_90d,
  cast(count(*) filter (where is_in_30d and is_recontact) as integer) as message_recontact_count_30d,
  cast(count(*) filter (where is_recontact) as integer) as message_recontact_count_90d,
  cast({{ days_between('max(received_at)', 'max(as_of_at)') }} as real) as days_since_last_message
from flagged
group by customer_code, snapshot_month
