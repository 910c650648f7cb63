-- Every version of every label a package brought; the latest known one counts, the others stay on record.
with outcome_label as (

  select * from {{ source('deskroom', 'outcome_label') }}

)

select
  target_name,
  customer_code,
  as_of_date,
  label,
  known_at
from outcome_label
