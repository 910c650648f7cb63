{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_user_churn_prediction_key', 'columns': ['ccod', 'snapshot_month'], 'unique': true}],
) }}

-- The bounds on predicted_at are there for the planner: they leave it one partition of the scores.
with documented_score as (

  select * from {{ ref('int_risk__documented_score') }}
  where
    snapshot_month = {{ this_month() }}
    and predicted_at >= {{ business_instant(dbt.dateadd('month', 1, this_month())) }}
    and predicted_at < {{ business_instant(dbt.dateadd('month', 2, this_month())) }}

),

contribution as (

  select * from {{ ref('int_risk__contribution_wide') }}
  where
    predicted_at >= {{ business_instant(dbt.dateadd('month', 1, this_month())) }}
    and predicted_at < {{ business_instant(dbt.dateadd('month', 2, this_month())) }}

),

ranked as (

  select
    *,
    row_number() over (partition by customer_code order by predicted_at desc, id desc) as recency_rank
  from documented_score

)

select
  ranked.id,
  ranked.created_at,
  ranked.snapshot_month,
  ranked.customer_code as ccod,
  ranked.probability as churn_prob,
  cast(ranked.predicted_label as integer) as churn_label,
  {% for k in range(1, 11) %}
    cast(contribution.feature_{{ k }}_kor as varchar(50)) as feature_{{ k }}_kor,
    contribution.feature_{{ k }}_value,
    contribution.feature_{{ k }}_normal_average,
    contribution.feature_{{ k }}_churn_average,
    contribution.feature_{{ k }}_contrib,
    contribution.feature_{{ k }}_contrib_label,
  {% endfor %}
  ranked.model_version
from ranked
left join contribution
  on
    ranked.id = contribution.id
    and ranked.predicted_at = contribution.predicted_at
where ranked.recency_rank = 1
