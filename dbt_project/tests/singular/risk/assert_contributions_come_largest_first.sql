-- feature_1 is the largest absolute contribution; equal ones may stand in any order.
with ordered as (

  select
    id,
    contribution_rank,
    abs(contribution) as size,
    lag(abs(contribution)) over (partition by id order by contribution_rank) as size_before
  from {{ ref('int_risk__contribution') }}

)

select
  id,
  contribution_rank
from ordered
where size > size_before + 1e-9
