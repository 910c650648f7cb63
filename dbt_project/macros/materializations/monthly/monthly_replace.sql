{#- The statements that replace one month; the caller commits. All in one message to the server: what a round trip and
    dbt's own work for it cost, a small month costs altogether. -#}
{% macro monthly_replace(relation, columns, sql, month, input_hash) -%}
  {%- set names = columns | map(attribute='quoted') | join(', ') -%}
  {%- set new_rows = 'month_of_' ~ local_md5(relation | string)[:16] -%}
  select pg_advisory_xact_lock(hashtextextended('bellwether.month.{{ relation.schema }}.{{ relation.identifier }}.{{ month }}', 0));
  set local jit = off;
  set local work_mem = '{{ config.get("work_mem", "256MB") }}';
  set local hash_mem_multiplier = 2;
  create temporary table {{ new_rows }} on commit drop as
  {{ statement_for_month(sql, month) }};
  delete from {{ relation }} where {{ monthly_predicate(columns, month) }};
  {{ monthly_remember(relation, month, input_hash) }}
  insert into {{ relation }} ({{ names }}) select {{ names }} from {{ new_rows }};
{%- endmacro %}

{#- Which rows are the month's. A key of instants holds T, midnight in the business time zone: in UTC less than a day
    from the as-of date, whatever the zone; so that a month is replaced also after the zone was corrected. -#}
{% macro monthly_predicate(columns, month) -%}
  {%- set column = config.require('month_column') -%}
  {%- set key = columns | selectattr('name', 'equalto', column) | first -%}
  {%- if key.dtype == 'timestamp with time zone' -%}
    {{ column }} > (date '{{ month }}' + interval '1 month' - interval '24 hours') at time zone 'UTC'
    and {{ column }} < (date '{{ month }}' + interval '1 month' + interval '24 hours') at time zone 'UTC'
  {%- else -%}
    {{ column }} = date '{{ month }}'
  {%- endif -%}
{%- endmacro %}

{#- Midnight in the business zone lies in the last UTC day of the snapshot month or in the month after. -#}
{% macro monthly_ensure_partitions(relation, months) -%}
  {%- call statement('partitions') -%}
    select source.ensure_partitions(
      '{{ relation.schema }}.{{ relation.identifier }}'::regclass,
      date '{{ months | min }}',
      (date '{{ months | max }}' + interval '1 month')::date
    )
  {%- endcall -%}
  {{ adapter.commit() }}
{%- endmacro %}
