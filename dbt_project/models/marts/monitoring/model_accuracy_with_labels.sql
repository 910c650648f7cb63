-- The documented query: how often a version's predicted label came true, over scores whose labels are due.
with labelled_prediction as (

  select * from {{ ref('int_monitoring__labelled_prediction') }}

)

select
  model_version,
  cast(avg(
    case when is_mature and prediction = true_label then 1.0 when is_mature and prediction <> true_label then 0.0 end
  ) as {{ dbt.type_float() }}) as accuracy,
  count(true_label) filter (where is_mature and prediction is not null) as labelled_count,
  count(*) filter (where not is_mature) as immature_count
from labelled_prediction
group by model_version
