-- What each snapshot says about the customer itself.
with snapshot as (

  select * from {{ ref('base_deskroom__snapshot') }}

)

select
  customer_code,
  snapshot_month,
  as_of_date,
  {{ document_text('user_information', 'industry_code') }} as industry_code,
  {{ document_text('user_information', 'customer_type') }} as customer_type,
  {{ document_text('user_information', 'sido') }} as sido,
  {{ document_text('user_information', 'sigungu') }} as sigungu,
  cast({{ document_text('user_information', 'site_area_m2') }} as {{ dbt.type_float() }}) as site_area_m2,
  cast({{ document_text('user_information', 'joined_on') }} as date) as joined_on,
  purchase_logs is not null as has_purchase_log
from snapshot
