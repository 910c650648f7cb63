-- Of all categories of a week, those beyond chance: Benjamini and Hochberg keep the share of false ones below the rate.
with scored as (

  select * from {{ ref('int_voc__category_score') }}

),

ranked as (

  select
    *,
    row_number() over (partition by week_start_date order by p_value, category_code)
    * {{ var('voc_false_discovery_rate') }} / count(*) over (partition by week_start_date) as p_value_limit
  from scored

),

limited as (

  select
    *,
    max(case when p_value <= p_value_limit then p_value else -1 end) over (
      partition by week_start_date
    ) as largest_p_value
  from ranked

)

select
  week_start_date,
  category_code,
  category_name,
  category_level,
  message_count,
  cast(expected_count as real) as expected_count,
  cast(baseline_count as integer) as baseline_count,
  {{ ratio('message_count', 'expected_count') }} as growth_ratio,
  cast(dispersion as real) as dispersion,
  cast(z_score as real) as z_score,
  cast(p_value as {{ dbt.type_float() }}) as p_value,
  p_value <= largest_p_value and message_count >= {{ var('voc_emerging_minimum_count') }} as is_emerging
from limited
