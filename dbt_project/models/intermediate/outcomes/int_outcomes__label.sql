-- The current label of every target. Labels that a package brings replace the derived ones of their target whole:
-- two definitions in one training set would be neither.
with churn_label as (

  select * from {{ ref('int_outcomes__churn_label') }}

),

package_label as (

  select * from {{ ref('int_outcomes__package_label') }}

),

brought_target as (

  select distinct target_name from package_label

)

select
  churn_label.target_name,
  churn_label.customer_code,
  churn_label.as_of_date,
  churn_label.label,
  churn_label.known_at,
  'contract_end' as label_source
from churn_label
left join brought_target
  on churn_label.target_name = brought_target.target_name
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
