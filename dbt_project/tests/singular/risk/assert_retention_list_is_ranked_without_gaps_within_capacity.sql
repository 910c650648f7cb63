-- Everyone on the list was scored, the ranks run from 1 without gaps, and the list fits the team.
with listed as (

  select
    retention_list.target_name,
    retention_list.customer_code,
    retention_list.priority_rank,
    retention_list.expected_value,
    rank_row.capacity,
    count(*) over (partition by retention_list.target_name) as list_length,
    count(*) over (partition by retention_list.target_name, retention_list.priority_rank) as rank_count,
    customer_risk.customer_code is not null as is_scored
  from {{ ref('retention_list') }} as retention_list
  left join {{ ref('int_risk__retention_rank') }} as rank_row
    on
      retention_list.target_name = rank_row.target_name
      and retention_list.customer_code = rank_row.customer_code
  left join {{ ref('customer_risk') }} as customer_risk
    on retention_list.customer_code = customer_risk.customer_code

)

select
  target_name,
  customer_code,
  priority_rank
from listed
where
  not is_scored
  or rank_count > 1
  or priority_rank > list_length
  or list_length > capacity
  or expected_value <= 0
