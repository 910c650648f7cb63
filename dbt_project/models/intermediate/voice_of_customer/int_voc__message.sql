{{ config(
    materialized='daily',
    unique_key=['message_id'],
    indexes=[
      {'name': 'idx_int_voc__message_day', 'columns': ['aggregate_date']},
      {'name': 'idx_int_voc__message_customer', 'columns': ['customer_code', 'main_category_code', 'received_at']},
    ],
) }}

-- Each message with its category as today's tree has it, and as it was first classified. A message that nobody decided
-- is 'unknown', so that every figure by category adds up to the messages.
with restated as (

  select * from {{ ref('int_voc__restated') }}

),

main_category as (

  select * from {{ ref('int_voc__category_ancestor') }}
  where ancestor_level = 1

),

classification as (

  select * from {{ ref('int_voc__classification') }}

),

category_version as (

  select * from {{ ref('stg_deskroom__voc_category_version') }}

)

select
  restated.message_id,
  restated.customer_code,
  restated.received_at,
  restated.aggregate_date,
  restated.decided_by,
  restated.is_claim,
  coalesce(restated.voc_id, 'unknown') as category_code,
  coalesce(main_category.ancestor_voc_id, 'unknown') as main_category_code,
  coalesce(main_category.ancestor_name, 'unknown') as main_category_name,
  classification.message_id is not null as is_classified,
  coalesce(classification.is_claim = 1, false) as first_is_claim,
  coalesce(classification.voc_id, 'unknown') as first_category_code,
  coalesce(classification.main_voc_id, 'unknown') as first_main_category_code,
  coalesce(category_version.category_name, classification.main_voc_id, 'unknown') as first_main_category_name
from restated
left join main_category
  on restated.voc_id = main_category.voc_id
left join classification
  on
    restated.message_id = classification.message_id
    and classification.earliest_rank = 1
left join category_version
  on
    classification.main_voc_id = category_version.voc_id
    and category_version.valid_from <= {{ business_day('classification.classified_at') }}
    and coalesce(category_version.valid_to > {{ business_day('classification.classified_at') }}, true)
