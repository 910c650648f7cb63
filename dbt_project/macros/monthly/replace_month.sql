{#- The statements of one month, run in one transaction. -#}
{% macro replace_month(relation, columns, month, sql) -%}
  {%- set names = quoted_names(columns) -%}
  {%- set month_value = month_key_value(month) -%}
  set local jit = off;
  set local work_mem = '{{ var("month_work_mem", "256MB") }}';
  select pg_advisory_xact_lock(hashtext('{{ relation }}'), hashtext('{{ month }}'));
  create temporary table this_month_rows on commit drop as
  {{ sql | replace(month_stand_in(), month) }};
  delete from {{ relation }} where {{ config.require('month_column') }} = {{ month_value }};
  insert into {{ relation }} ({{ names }}) select {{ names }} from this_month_rows;
  insert into monitoring.build_ledger (step, partition_key, input_hash)
  select '{{ ledger_step(relation) }}', cast(snapshot_month as text), input_hash
  from ({{ month_inputs() }}) as input
  where snapshot_month = cast('{{ month }}' as date)
  on conflict (step, partition_key) do update set input_hash = excluded.input_hash, built_at = now();
{%- endmacro %}

{% macro quoted_names(columns) -%}
  {%- set names = [] -%}
  {%- for column in columns %}{% do names.append(adapter.quote(column.name)) %}{% endfor -%}
  {{ return(names | join(', ')) }}
{%- endmacro %}

{#- The partition key of a month: the month itself, or its as-of instant. Computed here and not in the model's config,
    because a config is read before the company's time zone is known. -#}
{% macro month_key_value(month) -%}
  {%- set day = "cast('" ~ month ~ "' as date)" -%}
  {%- set key = config.get('month_key', 'snapshot_month') -%}
  {%- if key == 'snapshot_month' -%}
    {{ return(day) }}
  {%- elif key == 'as_of_instant' -%}
    {{ return(business_instant(dbt.dateadd('month', 1, day))) }}
  {%- endif -%}
  {{ exceptions.raise_compiler_error("month_key of " ~ this ~ " is '" ~ key ~ "': use snapshot_month or as_of_instant") }}
{%- endmacro %}
