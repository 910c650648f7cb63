with ranked as (

  select * from {{ ref('int_risk__retention_rank') }}

),

reason as (

  select * from {{ ref('int_risk__reason') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

)

select
  ranked.target_name,
  ranked.priority_rank,
  ranked.customer_code,
  {{ mask_unless_permitted('customer.name', 'name') }} as customer_name,
  {{ mask_unless_permitted('customer.phone', 'phone') }} as phone,
  {{ mask_unless_permitted('customer.email', 'email') }} as email,
  ranked.as_of_date,
  ranked.probability as risk_score,
  ranked.risk_band,
  cast(ranked.monthly_fee as {{ dbt.type_float() }}) as monthly_fee,
  cast(ranked.value_at_risk as {{ dbt.type_float() }}) as value_at_risk,
  cast(ranked.expected_value as {{ dbt.type_float() }}) as expected_value,
  cast(ranked.currency as varchar(3)) as currency,
  reason.reasons_en,
  reason.reasons_ko,
  ranked.model_version
from ranked
inner join customer
  on ranked.customer_code = customer.customer_code
left join reason
  on ranked.id = reason.id
