-- The contributions of each target's and customer's newest score, in words.
with latest_score as (

  select * from {{ ref('int_risk__latest_score_by_target') }}

),

contribution as (

  select * from {{ ref('int_risk__contribution') }}

)

select
  latest_score.target_name,
  latest_score.is_documented,
  latest_score.id,
  latest_score.customer_id,
  latest_score.customer_code,
  latest_score.as_of_date,
  latest_score.model_version,
  contribution.contribution_rank,
  contribution.feature_name,
  contribution.label_en,
  contribution.label_ko,
  {{ value_as_text('contribution', 'en') }} as value_en,
  {{ value_as_text('contribution', 'ko') }} as value_ko,
  {{ number_as_text('contribution.retained_average', 'contribution.unit') }} as retained_average,
  {{ number_as_text('contribution.churned_average', 'contribution.unit') }} as churned_average,
  contribution.contribution,
  contribution.contrib_label_en,
  contribution.contrib_label_ko
from latest_score
inner join contribution
  on
    latest_score.id = contribution.id
    and latest_score.predicted_at = contribution.predicted_at
