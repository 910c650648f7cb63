-- A message as a model version read it: five ranked candidates of three levels side by side, as the documented table
-- has them. Deeper trees show their first three levels; the reason is that of the deepest.
with classification as (

  select * from {{ ref('stg_ml__message_classification') }}

),

candidate as (

  select * from {{ ref('int_voc__candidate_wide') }}

),

message as (

  select * from {{ ref('stg_deskroom__message') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  {{ hash_key(['classification.message_id', 'classification.model_version']) }} as id,
  classification.message_id as msg_id,
  message.customer_code as ccod,
  message.reception_number as rcno,
  message.received_at as msg_received_at,
  classification.classified_at as created_at,
  classification.created_at as updated_at,
  cast(classification.model_name as varchar(50)) as model_name,
  classification.model_version as model_ver,
  {{ mask_text_unless_permitted('message.content', 'customer.name') }} as content,
  cast(classification.is_claim as integer) as is_claim,
  {{ mask_text_unless_permitted('classification.summary', 'customer.name') }} as summary,
  {{ mask_document_unless_permitted('classification.keywords', 'customer.name') }} as keywords,
  classification.bug_type,
  {% for rank in range(1, 6) %}
    {% for level in ('main', 'sub', 'detail') %}
      candidate.{{ level }}_category_{{ rank }}_name,
      candidate.{{ level }}_category_{{ rank }}_id,
      candidate.{{ level }}_category_{{ rank }}_code,
    {% endfor %}
    {{ mask_text_unless_permitted('candidate.detail_category_' ~ rank ~ '_reason', 'customer.name') }}
      as detail_category_{{ rank }}_reason,
  {% endfor %}
  classification.confidence as model_confidence,
  classification.is_unknown
from classification
inner join message
  on classification.message_id = message.message_id
left join customer
  on message.customer_code = customer.customer_code
left join candidate
  on
    classification.message_id = candidate.message_id
    and classification.model_version = candidate.model_version
