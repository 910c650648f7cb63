-- Labels that a data package brings, in their latest known version.
with brought_label as (

  select * from {{ ref('stg_deskroom__outcome_label') }}

),

ranked as (

  select
    target_name,
    customer_code,
    as_of_date,
    label,
    known_at,
    row_number() over (
      partition by target_name, customer_code, as_of_date
      order by known_at desc
    ) as version_rank
  from brought_label

)

select
  target_name,
  customer_code,
  as_of_date,
  label,
  known_at
from ranked
where version_rank = 1
