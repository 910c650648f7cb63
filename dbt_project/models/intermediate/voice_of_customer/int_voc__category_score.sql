-- Is a category's share of a week's messages larger than chance makes it? Of its messages in the week and the weeks of
-- the baseline together, the week's are binomial where the share is stable; the arcsine of the root (Anscombe, with a
-- correction for continuity) is normal then. Where counts vary more than Poisson ones, all scores shrink by the root of
-- the dispersion, estimated over all categories (Pearson).
{% set weeks = var('voc_baseline_weeks') ~ ' preceding and 1 preceding' %}
{% set baseline = 'partition by category_code order by week_start_date rows between ' ~ weeks %}
{% set root_share = 'asin(sqrt((message_count - 0.125) / (message_count + baseline_count + 0.75)))' %}

with weekly as (

  select * from {{ ref('int_voc__weekly_category') }}

),

compared as (

  select
    week_start_date,
    category_code,
    category_name,
    category_level,
    message_count,
    total_count,
    count(*) over ({{ baseline }}) as baseline_weeks,
    sum(message_count) over ({{ baseline }}) as baseline_count,
    sum(total_count) over ({{ baseline }}) as baseline_total,
    sum(cast(message_count as {{ dbt.type_float() }}) * message_count / total_count) over ({{ baseline }}) as squares
  from weekly

),

tested as (

  select
    week_start_date,
    category_code,
    category_name,
    category_level,
    message_count,
    baseline_count,
    cast(baseline_count as {{ dbt.type_float() }}) * total_count / baseline_total as expected_count,
    cast(total_count as {{ dbt.type_float() }}) / (total_count + baseline_total) as week_share,
    -- a category with less than one message a week says nothing of the dispersion
    case
      when baseline_count >= baseline_weeks
        then squares * baseline_total / baseline_count - baseline_count
    end as pearson
  from compared
  where
    baseline_weeks = {{ var('voc_baseline_weeks') }}
    and message_count + baseline_count > 0

),

scored as (

  select
    week_start_date,
    category_code,
    category_name,
    category_level,
    message_count,
    baseline_count,
    expected_count,
    greatest(
      1,
      coalesce(avg(pearson) over (partition by week_start_date) / ({{ var('voc_baseline_weeks') }} - 1), 1)
    ) as dispersion,
    case
      when message_count > 0
        then
          2 * sqrt(message_count + baseline_count + 0.5) * ({{ root_share }} - asin(sqrt(week_share)))
      else -10
    end as raw_score
  from tested

)

select
  week_start_date,
  category_code,
  category_name,
  category_level,
  message_count,
  baseline_count,
  expected_count,
  dispersion,
  raw_score / sqrt(dispersion) as z_score,
  {{ normal_upper_tail('(raw_score / sqrt(dispersion))') }} as p_value
from scored
