-- Every version of the label of every score: labels of a target belong to all scores of the customer as of that day.
with prediction_log as (

  select * from {{ ref('int_monitoring__prediction_log') }}
  where as_of_date is not null

),

label as (

  select * from {{ ref('stg_ml__label') }}

),

outside_label as (

  select * from {{ ref('stg_deskroom__prediction_label') }}

),

labelled as (

  select
    prediction_log.prediction_id,
    label.label as true_label,
    label.known_at as label_timestamp,
    label.label_source,
    label.known_at,
    label.label_id
  from prediction_log
  inner join label
    on
      prediction_log.target_name = label.target_name
      and prediction_log.customer_code = label.customer_code
      and prediction_log.as_of_date = label.as_of_date

  union all

  select
    prediction_id,
    true_label,
    label_timestamp,
    label_source,
    known_at,
    0 as label_id
  from outside_label

)

select
  prediction_id,
  true_label,
  label_timestamp,
  label_source,
  known_at,
  row_number() over (partition by prediction_id order by known_at desc, label_id desc) as version_rank
from labelled
