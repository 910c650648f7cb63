-- The documented query: scores logged in the last 24 hours, by instants and not by the session's clock face.
with prediction_log as (

  select * from {{ ref('prediction_logs') }}

)

select count(*) as prediction_count
from prediction_log
where created_at >= {{ hours_ago(24) }}
