with industry as (

  select * from {{ source('source', 'industry_codes') }}

)

select
  code as industry_code,
  name as industry_name
from industry
