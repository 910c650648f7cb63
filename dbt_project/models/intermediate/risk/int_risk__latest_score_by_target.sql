-- The one score that counts for a customer and target: the newest, and of several at one instant that of the version in
-- production. After a rollback the version removed has scores of the month too, written later.
with score as (

  select * from {{ ref('int_risk__score_by_target') }}

),

production_version as (

  select version from {{ ref('stg_ml__model_version') }}
  where is_active

),

risk_band as (

  select * from {{ ref('risk_bands') }}

),

ranked as (

  select
    score.*,
    row_number() over (
      partition by score.target_name, score.customer_id
      order by
        score.predicted_at desc,
        case when production_version.version is null then 1 else 0 end,
        score.id desc
    ) as recency_rank
  from score
  left join production_version
    on score.model_version = production_version.version

)

select
  ranked.target_name,
  ranked.is_documented,
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
