-- The counts that a reason states are those of the holdings.
select *
from {{ ref('int_recommendation__recount') }}
where
  claimed_among is distinct from among_count
  or claimed_hold is distinct from hold_count
