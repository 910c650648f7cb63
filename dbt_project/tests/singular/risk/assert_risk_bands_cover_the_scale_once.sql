-- Every score from 0 to 1 has exactly one band: the first begins at 0, each next where the one before ends.
with ordered as (

  select
    risk_band,
    lower_bound,
    upper_bound,
    band_rank,
    lag(upper_bound) over (order by band_rank) as end_before
  from {{ ref('risk_bands') }}

)

select
  risk_band,
  lower_bound,
  end_before
from ordered
where
  (band_rank = 1 and lower_bound <> 0)
  or (band_rank > 1 and lower_bound is distinct from end_before)
  or (upper_bound is not null and upper_bound <= lower_bound)
