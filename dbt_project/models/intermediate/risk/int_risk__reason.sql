-- Why a customer is at risk, in one sentence: the three largest contributions that raise the newest score of a target.
with contribution as (

  select * from {{ ref('int_risk__latest_contribution') }}

),

target as (

  select * from {{ ref('target_definition') }}

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
    raising.id,
    raising.reason_rank,
    raising.label_en || ': ' || raising.value_en || coalesce(
      ' (' || target.negative_en || ' ' || raising.retained_average || ', '
      || target.positive_en || ' ' || raising.churned_average || ')',
      ''
    ) as reason_en,
    raising.label_ko || ': ' || raising.value_ko || coalesce(
      ' (' || target.negative_ko || ' ' || raising.retained_average || ', '
      || target.positive_ko || ' ' || raising.churned_average || ')',
      ''
    ) as reason_ko
  from raising
  inner join target
    on raising.target_name = target.target_name
  where raising.reason_rank <= 3

)

select
  id,
  {{ dbt.listagg('reason_en', "'; '", 'order by reason_rank') }} as reasons_en,
  {{ dbt.listagg('reason_ko', "'; '", 'order by reason_rank') }} as reasons_ko
from sentence
group by id
