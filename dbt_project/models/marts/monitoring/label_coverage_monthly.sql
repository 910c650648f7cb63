-- Who scored which month, and how many of these scores have their label by now.
with labelled_prediction as (

  select * from {{ ref('int_monitoring__labelled_prediction') }}
  where as_of_date is not null

),

counted as (

  select
    model_name,
    model_version,
    as_of_date,
    max(case when model_stage = 'production' then 1 else 0 end) = 1 as has_served,
    min(case when is_mature then 1 else 0 end) = 1 as is_mature,
    count(*) as prediction_count,
    count(true_label) as labelled_count
  from labelled_prediction
  group by model_name, model_version, as_of_date

)

select
  cast(model_name as varchar(100)) as model_name,
  cast(model_version as varchar(50)) as model_version,
  as_of_date,
  has_served,
  is_mature,
  prediction_count,
  labelled_count,
  cast(labelled_count as {{ dbt.type_float() }}) / prediction_count as label_coverage
from counted
