{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_customer_features_as_of_date', 'columns': ['as_of_date']}],
) }}

with spine as (

  select * from {{ ref('int_customer__spine') }} where snapshot_month = {{ this_month() }}

),

property as (

  select * from {{ ref('user_monthly_property') }} where created_at = {{ as_of_instant(this_month()) }}

),

crm as (

  select * from {{ ref('int_customer__crm_profile') }} where snapshot_month = {{ this_month() }}

),

dealings as (

  select * from {{ ref('int_customer__dealings') }} where snapshot_month = {{ this_month() }}

),

site as (

  select * from {{ ref('stg_source__site') }} where snapshot_month = {{ this_month() }}

)

select
  spine.customer_code,
  spine.snapshot_month,
  {{ as_of_date('spine.snapshot_month') }} as as_of_date,
  {%- for feature in property_features() %}
  property.{{ feature }},
  {%- endfor %}
  crm.age,
  crm.tenure,
  crm.balance,
  crm.products,
  crm.credit_card,
  crm.active,
  crm.salary,
  cast(dealings.active_contract_count as integer) as active_contract_count,
  cast(dealings.contract_count as integer) as contract_count,
  cast(dealings.suspended_contract_count as integer) as suspended_contract_count,
  cast(dealings.monthly_fee as {{ dbt.type_float() }}) as monthly_fee,
  cast(dealings.tenure_months as {{ dbt.type_float() }}) as tenure_months,
  cast(dealings.months_since_last_start as {{ dbt.type_float() }}) as months_since_last_start,
  cast(dealings.days_to_next_end as integer) as days_to_next_end,
  cast(dealings.purchase_count_90d as integer) as purchase_count_90d,
  cast(dealings.purchase_amount_90d as {{ dbt.type_float() }}) as purchase_amount_90d,
  cast(dealings.days_since_last_purchase as {{ dbt.type_float() }}) as days_since_last_purchase,
  cast(dealings.message_count_30d as integer) as message_count_30d,
  cast(dealings.message_count_90d as integer) as message_count_90d,
  cast(dealings.invoice_count_180d as integer) as invoice_count_180d,
  cast(dealings.late_invoice_count_180d as integer) as late_invoice_count_180d,
  cast(dealings.average_days_late_180d as {{ dbt.type_float() }}) as average_days_late_180d,
  cast(dealings.overdue_amount as {{ dbt.type_float() }}) as overdue_amount,
  cast(site.industry_code as varchar(50)) as industry_code,
  cast(site.customer_type as varchar(50)) as customer_type,
  cast(site.sido as varchar(100)) as sido,
  site.site_area_m2,
  crm.attributes
from spine
left join property on spine.customer_code = property.ccod
left join crm on spine.customer_code = crm.customer_code
left join dealings on spine.customer_code = dealings.customer_code
left join site on spine.customer_code = site.customer_code
