{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Whose outcome is asked as of T, by the target's rule: customers with an active contract (where a company keeps no
-- contracts at all, everyone known at T), or customers with something to pay; and whoever a package labels, because the
-- package says that the question was asked.
with target as (

  select * from {{ ref('int_outcomes__target') }}

),

contract as (

  select * from {{ ref('int_outcomes__contract') }}

),

billed as (

  select * from {{ ref('int_outcomes__billed') }}

),

spine as (

  select * from {{ ref('int_customer__spine') }}

),

brought_label as (

  select * from {{ ref('stg_deskroom__outcome_label') }}

),

asked as (

  select
    target.target_name,
    contract.customer_code,
    contract.snapshot_month
  from contract
  cross join target
  where contract.is_active and target.outcome_rule = 'contract_end'

  union

  select
    target.target_name,
    spine.customer_code,
    spine.snapshot_month
  from spine
  cross join target
  where target.outcome_rule = 'contract_end' and not exists (select 1 from contract)

  union

  select
    target.target_name,
    billed.customer_code,
    billed.snapshot_month
  from billed
  cross join target
  where target.outcome_rule = 'invoice_past_due'

  union

  select
    brought_label.target_name,
    brought_label.customer_code,
    cast({{ dbt.dateadd('month', -1, 'brought_label.as_of_date') }} as date) as snapshot_month
  from brought_label
  inner join target
    on brought_label.target_name = target.target_name

)

select
  target_name,
  customer_code,
  cast({{ dbt.dateadd('month', 1, 'snapshot_month') }} as date) as as_of_date,
  snapshot_month
from asked
