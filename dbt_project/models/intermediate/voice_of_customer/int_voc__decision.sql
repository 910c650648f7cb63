-- What is decided of each message: a person's latest decision before any model's.
with message as (

  select * from {{ ref('stg_deskroom__message') }}

),

label as (

  select
    *,
    row_number() over (partition by reception_number order by known_at desc) as recency_rank
  from {{ ref('stg_deskroom__message_label') }}

),

classification as (

  select * from {{ ref('int_voc__classification') }}

)

select
  message.message_id,
  message.customer_code,
  message.received_at,
  message.known_at,
  {{ business_day('message.received_at') }} as aggregate_date,
  case
    when label.voc_id is not null then 'review'
    when classification.voc_id is not null then 'model'
    else 'nobody'
  end as decided_by,
  coalesce(label.voc_id, classification.voc_id) as voc_id,
  coalesce(label.is_claim, classification.is_claim = 1, false) as is_claim,
  classification.is_unknown,
  classification.model_version,
  classification.confidence
from message
left join label
  on
    message.reception_number = label.reception_number
    and label.recency_rank = 1
left join classification
  on
    message.message_id = classification.message_id
    and classification.latest_rank = 1
