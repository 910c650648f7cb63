with label_version as (

  select * from {{ ref('int_monitoring__label_version') }}
  where version_rank = 1

),

prediction_log as (

  select * from {{ ref('int_monitoring__prediction_log') }}

)

select
  {{ hash_key(['label_version.prediction_id']) }} as id,
  label_version.prediction_id,
  cast(label_version.true_label as integer) as true_label,
  label_version.label_timestamp,
  label_version.label_source,
  cast(
    floor({{ days_between('prediction_log.predicted_at', 'label_version.label_timestamp') }}) as integer
  ) as days_delayed
from label_version
inner join prediction_log
  on label_version.prediction_id = prediction_log.prediction_id
