-- The documented query, for each version and for all of them together: a label row without a label covers nothing, an
-- empty log has no share, and scores whose labels are not due yet are shown beside those whose are.
with labelled_prediction as (

  select * from {{ ref('int_monitoring__labelled_prediction') }}

),

counted as (

  select
    coalesce(model_version, 'all') as model_version,
    count(*) as prediction_count,
    count(true_label) as labelled_count,
    count(*) filter (where is_mature) as mature_count,
    count(true_label) filter (where is_mature) as mature_labelled_count,
    count(*) filter (where not is_mature) as immature_count
  from labelled_prediction
  group by grouping sets ((model_version), ())

)

select
  cast(model_version as varchar(50)) as model_version,
  prediction_count,
  labelled_count,
  cast(labelled_count as {{ dbt.type_float() }}) / nullif(prediction_count, 0) as label_coverage,
  mature_count,
  mature_labelled_count,
  cast(mature_labelled_count as {{ dbt.type_float() }}) / nullif(mature_count, 0) as mature_label_coverage,
  immature_count
from counted
