-- The counts that a reason states are those of the holdings.
select
  snapshot_month,
  item_kind,
  item_code,
  basis,
  claimed_among,
  among_count,
  claimed_hold,
  hold_count
from {{ ref('int_recommendation__recount') }}
where
  claimed_among is distinct from among_count
  or claimed_hold is distinct from hold_count
