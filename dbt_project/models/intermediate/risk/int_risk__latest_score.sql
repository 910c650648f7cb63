-- The score that counts for a customer: the newest, and of several at one instant the one written last.
with production_score as (

  select * from {{ ref('int_risk__production_score') }}

),

risk_band as (

  select * from {{ ref('risk_bands') }}

),

ranked as (

  select
    id,
    customer_id,
    customer_code,
    model_name,
    model_version,
    as_of_date,
    predicted_at,
    probability,
    predicted_label,
    is_high_risk,
    created_at,
    row_number() over (
      partition by customer_id
      order by predicted_at desc, id desc
    ) as recency_rank
  from production_score

)

select
  ranked.id,
  ranked.customer_id,
  ranked.customer_code,
  ranked.model_name,
  ranked.model_version,
  ranked.as_of_date,
  ranked.predicted_at,
  ranked.probability,
  ranked.predicted_label,
  ranked.is_high_risk,
  ranked.created_at,
  risk_band.risk_band
from ranked
left join risk_band
  on
    ranked.probability >= risk_band.lower_bound
    and (ranked.probability < risk_band.upper_bound or risk_band.upper_bound is null)
where ranked.recency_rank = 1
