with high_risk as (

  select * from {{ ref('high_risk_customers') }}

)

select
  id,
  {{ mask_unless_permitted('name', 'name') }} as name,
  {{ mask_unless_permitted('email', 'email') }} as email,
  risk_score,
  prediction_time
from high_risk
