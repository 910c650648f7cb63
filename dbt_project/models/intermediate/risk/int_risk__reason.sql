-- Why a customer is at risk, in words: the three largest contributions that raise the newest score.
with latest_score as (

  select * from {{ ref('int_risk__latest_score') }}

),

contribution as (

  select * from {{ ref('int_risk__contribution') }}

),

raising as (

  select
    contribution.id,
    contribution.label_en,
    contribution.label_ko,
    {{ value_in_words('contribution', 'en') }} as value_en,
    {{ value_in_words('contribution', 'ko') }} as value_ko,
    {{ number_in_words('contribution.retained_average', 'contribution.unit') }} as retained_average,
    {{ number_in_words('contribution.churned_average', 'contribution.unit') }} as churned_average,
    row_number() over (
      partition by contribution.id
      order by contribution.contribution_rank
    ) as reason_rank
  from latest_score
  inner join contribution
    on
      latest_score.id = contribution.id
      and latest_score.predicted_at = contribution.predicted_at
  where contribution.contribution > 0

),

sentence as (

  select
    id,
    reason_rank,
    label_en || ': ' || value_en
    || coalesce(' (stayed ' || retained_average || ', left ' || churned_average || ')', '') as reason_en,
    label_ko || ': ' || value_ko
    || coalesce(' (유지 평균 ' || retained_average || ', 이탈 평균 ' || churned_average || ')', '') as reason_ko
  from raising
  where reason_rank <= 3

)

select
  id,
  {{ dbt.listagg('reason_en', "'; '", 'order by reason_rank') }} as reasons_en,
  {{ dbt.listagg('reason_ko', "'; '", 'order by reason_rank') }} as reasons_ko
from sentence
group by id
