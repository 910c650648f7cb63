-- A message as a model version read it: five ranked candidates of three levels side by side, as the documented table
-- has them. Deeper trees show their first three levels; the reason is that of the deepest. Quotes are shown where the
-- text that was quoted is the one that the reader may see: a customer's name can become known later.
{%- set is_quotable -%}
  ({{ may_see_personal_data() }} or classification.content_hash = md5(coalesce(shown.content, '')))
{%- endset %}

with classification as (

  select * from {{ ref('stg_ml__message_classification') }}

),

candidate as (

  select * from {{ ref('int_voc__candidate_wide') }}

),

message as (

  select * from {{ ref('stg_deskroom__message') }}

),

masked_message as (

  select * from {{ ref('int_voc__masked_message') }}

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
  shown.content,
  cast(classification.is_claim as integer) as is_claim,
  case when {{ is_quotable }} then classification.summary end as summary,
  case when {{ is_quotable }} then classification.keywords end as keywords,
  classification.bug_type,
  {% for rank in range(1, 6) %}
    {% for level in ('main', 'sub', 'detail') %}
      candidate.{{ level }}_category_{{ rank }}_name,
      candidate.{{ level }}_category_{{ rank }}_id,
      candidate.{{ level }}_category_{{ rank }}_code,
    {% endfor %}
    case when {{ is_quotable }} then candidate.detail_category_{{ rank }}_reason end
      as detail_category_{{ rank }}_reason,
  {% endfor %}
  classification.confidence as model_confidence,
  classification.is_unknown
from classification
inner join message
  on classification.message_id = message.message_id
inner join masked_message
  on classification.message_id = masked_message.message_id
-- one row; the limit keeps the mask from being computed once for each column that asks
cross join
  lateral ( -- noqa: ST05
    select case when {{ may_see_personal_data() }} then message.content else masked_message.content end as content
    limit 1 -- noqa: AM09
  ) as shown
left join candidate
  on
    classification.message_id = candidate.message_id
    and classification.model_version = candidate.model_version
