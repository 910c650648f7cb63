-- A row per day on which a version classified or was reviewed; the check stands at the end of that day.
with classification as (

  select * from {{ ref('stg_ml__message_classification') }}

),

review as (

  select * from {{ ref('int_monitoring__reviewed_classification') }}

),

classified_day as (

  select
    model_name,
    model_version,
    {{ business_day('classified_at') }} as day,
    avg(case when is_unknown then 1.0 else 0.0 end) as unknown_rate,
    avg(confidence) as confidence
  from classification
  group by model_name, model_version, {{ business_day('classified_at') }}

),

reviewed_day as (

  select
    model_name,
    model_version,
    {{ business_day('reviewed_at') }} as day,
    avg(case when is_changed then 1.0 else 0.0 end) as correction_rate
  from review
  group by model_name, model_version, {{ business_day('reviewed_at') }}

),

-- the version's first day is its reference
drifted as (

  select
    model_name,
    model_version,
    day,
    unknown_rate,
    confidence - first_value(confidence) over (partition by model_name, model_version order by day) as confidence_drift
  from classified_day

),

checked as (

  select
    coalesce(drifted.model_name, reviewed_day.model_name) as model_name,
    coalesce(drifted.model_version, reviewed_day.model_version) as model_version,
    coalesce(drifted.day, reviewed_day.day) as day,
    drifted.unknown_rate,
    reviewed_day.correction_rate,
    drifted.confidence_drift
  from drifted
  full outer join reviewed_day
    on
      drifted.model_name = reviewed_day.model_name
      and drifted.model_version = reviewed_day.model_version
      and drifted.day = reviewed_day.day

)

select
  {{ hash_key(['model_name', 'model_version', 'day']) }} as id,
  cast(model_name as varchar(100)) as model_name,
  cast(model_version as varchar(50)) as model_version,
  {{ business_instant(dbt.dateadd('day', 1, 'day')) }} as checked_at,
  cast(unknown_rate as {{ dbt.type_float() }}) as unknown_rate,
  cast(correction_rate as {{ dbt.type_float() }}) as correction_rate,
  cast(confidence_drift as {{ dbt.type_float() }}) as confidence_drift
from checked
