-- Messages received and known before T, of the last 30 and 90 days.
with month as (

  select * from {{ ref('stg_source__month') }}

),

message as (

  select * from {{ ref('stg_source__message') }}

)

select
  message.customer_code,
  month.snapshot_month,
  cast(count(*) filter (where message.received_at >= month.from_30d_at) as integer) as message_count_30d,
  cast(count(*) as integer) as message_count_90d
from month
inner join message
  on
    month.from_90d_at <= message.received_at
    and month.as_of_at > message.received_at
    and {{ known_as_of('message.known_at', 'month.as_of_at') }}
group by message.customer_code, month.snapshot_month
