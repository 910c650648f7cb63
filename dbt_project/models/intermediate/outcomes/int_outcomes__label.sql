-- The current label of every target. Labels that a package brings replace the derived ones of their target whole:
-- two definitions in one training set would be neither.
with churn_label as (

  select * from {{ ref('int_outcomes__churn_label') }}

),

past_due_label as (

  select * from {{ ref('int_outcomes__past_due_label') }}

),

derived as (

  select
    target_name,
    customer_code,
    as_of_date,
    label,
    known_at,
    'contract_end' as label_source
  from churn_label

  union all

  select
    target_name,
    customer_code,
    as_of_date,
    label,
    known_at,
    'invoice_past_due' as label_source
  from past_due_label

),

package_label as (

  select * from {{ ref('int_outcomes__package_label') }}

),

brought_target as (

  select distinct target_name from package_label

)

select
  derived.target_name,
  derived.customer_code,
  derived.as_of_date,
  derived.label,
  derived.known_at,
  derived.label_source
from derived
left join brought_target
  on derived.target_name = brought_target.target_name
where brought_target.target_name is null

union all

select
  target_name,
  customer_code,
  as_of_date,
  label,
  known_at,
  'package' as label_source
from package_label
