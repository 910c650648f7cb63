{#- The days that a model of the daily materialisation is being built for; unit tests override this macro. -#}
{% macro touched_days() -%}
  {{ return('pg_temp.touched_day') }}
{%- endmacro %}

{#- Made before the statement is looked at for the first time, for one run of one model; adapter='postgres'. -#}
{% macro daily_touched_days_table() -%}
  drop table if exists pg_temp.touched_day;
  create temporary table touched_day (day date primary key);
{%- endmacro %}

{#- What each day is made of now, the days of which that has changed, and the days that these reach into. The hash does
    not depend on the order of the rows, nor on how the session writes times. -#}
{% macro daily_find_days(relation) -%}
  {%- set day = config.get('source_day_column', config.require('day_column')) -%}
  {%- set code = local_md5(monthly_code(model.unique_id, []) ~ var('business_timezone') ~ config.get('day_code', '')) -%}
  create temporary table day_input on commit drop as
  select
    {{ day }} as day,
    md5(count(*) || ':' || sum(cast(hashtextextended(cast(input.* as text), 0) as numeric)) || '{{ code }}') as input_hash
  from {{ ref(config.require('day_source')) }} as input
  group by {{ day }};
  {%- if should_full_refresh() %}
  delete from monitoring.build_ledger where step = '{{ monthly_step(relation) }}';
  {%- endif %}
  create temporary table changed_day on commit drop as
  select coalesce(day_input.day, remembered.day) as day, day_input.input_hash
  from day_input
  full join (
    select cast(partition_key as date) as day, trim(input_hash) as input_hash
    from monitoring.build_ledger
    where step = '{{ monthly_step(relation) }}'
  ) as remembered
    on remembered.day = day_input.day
  where remembered.input_hash is distinct from day_input.input_hash;
  insert into pg_temp.touched_day
  select distinct changed_day.day + later from changed_day, generate_series(0, {{ config.get('reach_days', 0) }}) as later;
  analyze pg_temp.touched_day;
{%- endmacro %}

{% macro daily_remember(relation) -%}
  delete from monitoring.build_ledger
  where
    step = '{{ monthly_step(relation) }}'
    and cast(partition_key as date) in (select day from changed_day where input_hash is null);
  insert into monitoring.build_ledger (step, partition_key, input_hash, run_id)
  select '{{ monthly_step(relation) }}', cast(day as text), input_hash, '{{ invocation_id }}'
  from changed_day
  where input_hash is not null
  on conflict (step, partition_key) do update
  set input_hash = excluded.input_hash, built_at = now(), run_id = excluded.run_id;
{%- endmacro %}
