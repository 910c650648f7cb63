-- Why a customer is at risk, in one sentence: the three largest contributions that raise the newest score.
with contribution as (

  select * from {{ ref('int_risk__latest_contribution') }}

),

raising as (

  select
    *,
    row_number() over (partition by id order by contribution_rank) as reason_rank
  from contribution
  where contribution > 0

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
