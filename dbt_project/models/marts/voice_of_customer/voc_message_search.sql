{{ config(
    materialized='daily',
    unique_key=['message_id'],
    day_column='aggregate_date',
    day_source='int_voc__message_text',
    day_code=mask_text('content', 'name'),
    indexes=[
      {'name': 'idx_voc_message_search_day', 'columns': ['aggregate_date']},
      {'name': 'idx_voc_message_search_ccod', 'columns': ['ccod']},
    ],
    post_hook="{{ text_search_index(this, 'content') }}",
) }}

with message_text as (

  select * from {{ ref('int_voc__message_text') }}

),

masked_message as (

  select * from {{ ref('int_voc__masked_message') }}

),

touched_day as (

  select * from {{ touched_days() }}

)

select
  message_text.message_id,
  message_text.aggregate_date,
  message_text.received_at,
  message_text.reception_number as rcno,
  message_text.customer_code as ccod,
  message_text.category_code,
  message_text.main_category_name,
  message_text.is_claim,
  message_text.decided_by,
  masked_message.content
from message_text
inner join touched_day
  on message_text.aggregate_date = touched_day.day
inner join masked_message
  on message_text.message_id = masked_message.message_id
