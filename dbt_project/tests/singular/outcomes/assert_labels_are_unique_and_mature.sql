-- One current label for a target, customer and as-of date, in the cohort, and never one that is not yet known.
with label as (

  select
    label.target_name,
    label.customer_code,
    label.as_of_date,
    label.label_source,
    label.known_at,
    cohort.customer_code is not null as is_in_cohort,
    count(*) over (partition by label.target_name, label.customer_code, label.as_of_date) as label_count
  from {{ ref('int_outcomes__label') }} as label
  left join {{ ref('int_outcomes__cohort') }} as cohort
    on
      label.target_name = cohort.target_name
      and label.customer_code = cohort.customer_code
      and label.as_of_date = cohort.as_of_date

)

select
  label.target_name,
  label.customer_code,
  label.as_of_date
from label
cross join {{ ref('int_outcomes__data_horizon') }} as data_horizon
where
  label.label_count > 1
  or not label.is_in_cohort
  or (label.label_source = 'contract_end' and label.known_at > data_horizon.known_until)
