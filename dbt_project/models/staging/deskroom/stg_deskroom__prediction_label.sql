with prediction_label as (

  select * from {{ source('deskroom', 'prediction_label') }}

)

select
  prediction_id,
  true_label,
  label_timestamp,
  label_source,
  days_delayed,
  known_at
from prediction_label
