-- Identity: base value plus all contributions is the log-odds of the published probability. Scores of outside scorers
-- that bring no contributions have no base value and are not judged.
with total as (

  select
    contribution.id,
    contribution.predicted_at,
    sum(contribution.contribution) as contribution
  from {{ ref('int_risk__contribution') }} as contribution
  group by contribution.id, contribution.predicted_at

)

select
  prediction.id,
  prediction.probability,
  prediction.base_value + prediction.other_contribution + coalesce(total.contribution, 0) as log_odds
from {{ ref('stg_ml__prediction') }} as prediction
left join total
  on
    prediction.id = total.id
    and prediction.predicted_at = total.predicted_at
where
  prediction.base_value is not null
  and not coalesce(
    abs(
      prediction.base_value + prediction.other_contribution + coalesce(total.contribution, 0)
      - ln(nullif(prediction.probability, 0) / nullif(1 - prediction.probability, 0))
    ) <= 1e-6,
    false
  )
