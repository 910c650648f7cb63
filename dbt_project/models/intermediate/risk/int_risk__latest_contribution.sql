-- The contributions of each target's and customer's newest score, in words.
with newest_score as (

  select * from {{ ref('int_risk__newest_score') }}

),

contribution as (

  select * from {{ ref('int_risk__contribution') }}

)

select
  newest_score.target_name,
  newest_score.is_documented,
  newest_score.id,
  newest_score.customer_id,
  newest_score.customer_code,
  newest_score.as_of_date,
  newest_score.model_version,
  contribution.contribution_rank,
  contribution.feature_name,
  contribution.label_en,
  contribution.label_ko,
  {{ value_in_words('contribution', 'en') }} as value_en,
  {{ value_in_words('contribution', 'ko') }} as value_ko,
  {{ number_in_words('contribution.retained_average', 'contribution.unit') }} as retained_average,
  {{ number_in_words('contribution.churned_average', 'contribution.unit') }} as churned_average,
  contribution.contribution,
  contribution.contrib_label_en,
  contribution.contrib_label_ko
from newest_score
inner join contribution
  on
    newest_score.id = contribution.id
    and newest_score.predicted_at = contribution.predicted_at
