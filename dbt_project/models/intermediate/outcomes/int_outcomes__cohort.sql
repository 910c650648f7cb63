{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Whose outcome is asked as of T: customers with an active contract; where a company keeps no contracts at all,
-- everyone known at T; and whoever a package labels, because the package says that the question was asked.
with target as (

  select * from {{ ref('target_definition') }}

),

contract as (

  select * from {{ ref('int_outcomes__contract') }}

),

spine as (

  select * from {{ ref('int_customer__spine') }}

),

brought_label as (

  select * from {{ ref('stg_source__outcome_label') }}

),

asked as (

  select
    target.target_name,
    contract.customer_code,
    contract.snapshot_month
  from contract
  cross join target
  where contract.is_active

  union

  select
    target.target_name,
    spine.customer_code,
    spine.snapshot_month
  from spine
  cross join target
  where not exists (select 1 from contract)

  union

  select
    target_name,
    customer_code,
    cast({{ dbt.dateadd('month', -1, 'as_of_date') }} as date) as snapshot_month
  from brought_label

)

select
  target_name,
  customer_code,
  cast({{ dbt.dateadd('month', 1, 'snapshot_month') }} as date) as as_of_date,
  snapshot_month
from asked
