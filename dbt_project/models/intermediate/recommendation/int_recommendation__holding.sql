{{
  config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[
      {
        'name': 'idx_recommendation_holding_key',
        'columns': ['snapshot_month', 'customer_code', 'item_kind', 'item_code'],
        'unique': true,
      },
    ],
  )
}}

-- A name may differ between contracts of one code: the smallest is taken, so that the row is the same every time.
with contract as (

  select * from {{ ref('stg_deskroom__contract') }}

),

purchase as (

  select * from {{ ref('stg_deskroom__purchase') }}

),

held as (

  select
    contract.customer_code,
    contract.snapshot_month,
    'contract' as item_kind,
    contract.contract_code as item_code,
    contract.contract_name as item_name,
    1 as quantity
  from contract
  where
    {{ is_active_contract('contract') }}
    and contract.snapshot_month = {{ this_month() }}
  union all
  select
    purchase.customer_code,
    purchase.snapshot_month,
    'product' as item_kind,
    purchase.product_code as item_code,
    purchase.product_name as item_name,
    1 as quantity
  from purchase
  where purchase.snapshot_month = {{ this_month() }}

)

select
  cast(customer_code as varchar(50)) as customer_code,
  snapshot_month,
  cast(item_kind as varchar(10)) as item_kind,
  cast(item_code as varchar(100)) as item_code,
  cast(coalesce(min(item_name), item_code) as varchar(255)) as item_name,
  cast(sum(quantity) as integer) as holding_count
from held
where item_code is not null
group by customer_code, snapshot_month, item_kind, item_code
