{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_int_outcomes_snapshot_key', 'columns': ['customer_code', 'snapshot_month'], 'unique': true}],
) }}

-- Which customer's snapshot of which month is known since when, without the documents: labels look far ahead, and
-- reading every document of every month for that would cost more than all else.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

select
  cast(customer_code as varchar(50)) as customer_code,
  snapshot_month,
  as_of_date,
  known_at
from snapshot
where snapshot_month = {{ this_month() }}
