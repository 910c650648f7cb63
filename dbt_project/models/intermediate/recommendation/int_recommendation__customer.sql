{{
  config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_recommendation_customer', 'columns': ['snapshot_month', 'customer_code'], 'unique': true}],
  )
}}

with profile as (

  select * from {{ ref('stg_deskroom__profile') }}

),

industry as (

  select * from {{ ref('stg_deskroom__industry_code') }}

),

first_contract as (

  select * from {{ ref('stg_deskroom__first_contract') }}

)

select
  cast(profile.customer_code as varchar(50)) as customer_code,
  profile.snapshot_month,
  profile.industry_code,
  industry.industry_name,
  profile.sido,
  profile.site_area_m2,
  first_contract.first_contract_code
from profile
left join industry
  on profile.industry_code = industry.industry_code
left join first_contract
  on
    profile.customer_code = first_contract.customer_code
    and profile.snapshot_month = first_contract.snapshot_month
where profile.snapshot_month = {{ this_month() }}
