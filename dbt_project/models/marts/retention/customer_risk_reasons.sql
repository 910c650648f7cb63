with contribution as (

  select * from {{ ref('int_risk__latest_contribution') }}

)

select
  customer_code,
  customer_id,
  as_of_date,
  contribution_rank,
  cast(feature_name as varchar(100)) as feature_name,
  cast(label_en as varchar(100)) as label_en,
  cast(label_ko as varchar(100)) as label_ko,
  value_en,
  value_ko,
  retained_average,
  churned_average,
  contribution,
  contrib_label_en,
  contrib_label_ko
from contribution
where is_documented
