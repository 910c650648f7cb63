-- Classifications that a person looked at afterwards, each against the newest of the model that the person could see.
-- Labels that a package handed over before the model spoke are no reviews of it. A decision on a higher level agrees
-- with a candidate that goes further down the same path.
with label as (

  select * from {{ ref('stg_deskroom__message_label') }}

),

message as (

  select * from {{ ref('stg_deskroom__message') }}

),

classification as (

  select * from {{ ref('stg_ml__message_classification') }}

),

candidate as (

  select * from {{ ref('stg_ml__message_category') }}
  where candidate_rank = 1

),

seen as (

  select
    label.reception_number,
    label.voc_id,
    label.is_claim,
    label.known_at,
    classification.message_id,
    classification.model_name,
    classification.model_version,
    classification.is_unknown,
    classification.is_claim as model_is_claim,
    row_number() over (
      partition by label.reception_number, label.known_at
      order by classification.classified_at desc, classification.model_version desc
    ) as recency_rank
  from label
  inner join message
    on label.reception_number = message.reception_number
  inner join classification
    on
      message.message_id = classification.message_id
      and label.known_at > classification.classified_at

)

select
  seen.message_id,
  seen.known_at as reviewed_at,
  seen.model_name,
  seen.model_version,
  seen.is_unknown
  or candidate.voc_id is null
  or coalesce(seen.is_claim <> (seen.model_is_claim = 1), false) as is_changed
from seen
left join candidate
  on
    seen.message_id = candidate.message_id
    and seen.model_version = candidate.model_version
    and seen.voc_id = candidate.voc_id
where seen.recency_rank = 1
