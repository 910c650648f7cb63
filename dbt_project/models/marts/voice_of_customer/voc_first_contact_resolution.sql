with contact as (

  select * from {{ ref('int_voc__contact') }}
  where is_mature

)

select
  cast({{ dbt.date_trunc('month', 'aggregate_date') }} as date) as contact_month,
  main_category_code as category_code,
  max(main_category_name) as category_name,
  cast(count(*) as integer) as contact_count,
  cast(count(*) filter (where is_resolved) as integer) as resolved_count,
  {{ ratio('count(*) filter (where is_resolved)', 'count(*)') }} as resolution_ratio,
  cast(count(*) filter (where is_claim) as integer) as claim_count,
  {{ ratio('count(*) filter (where is_resolved and is_claim)', 'count(*) filter (where is_claim)') }}
    as claim_resolution_ratio
from contact
group by cast({{ dbt.date_trunc('month', 'aggregate_date') }} as date), main_category_code
