with industry as (

  select * from {{ source('deskroom', 'industry_codes') }}

)

select
  code as industry_code,
  name as industry_name
from industry
