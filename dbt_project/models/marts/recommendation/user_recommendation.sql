with subject as (

  select * from {{ ref('int_recommendation__subject') }}

)

select
  subject.id,
  subject.created_at,
  cast(subject.subject_key as varchar(50)) as ccod,
  subject.snapshot_month,
  {{ recommendation_columns('subject') }}
from subject
where subject.subject_kind = 'customer'
