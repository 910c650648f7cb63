{#- The statements that bring the table to what the model says, in one message to the server; the caller commits. What
    only adapter='postgres' needs. -#}
{% macro daily_correct(relation, columns, sql) -%}
  {%- set names = columns | map(attribute='quoted') | join(', ') -%}
  {%- set keys = config.require('unique_key') -%}
  {%- set uncompared = config.get('uncompared', []) -%}
  {%- set kept = config.get('kept', []) -%}
  {%- set is_by_day = config.get('day_column') is not none -%}
  {%- set updates = [] -%}
  {%- set old = [] -%}
  {%- set new = [] -%}
  {%- for column in columns if column.name not in keys -%}
    {%- if column.name not in kept -%}
      {%- do updates.append(column.quoted ~ ' = excluded.' ~ column.quoted) -%}
    {%- endif -%}
    {%- if column.name not in uncompared -%}
      {%- do old.append('present.' ~ column.quoted) -%}
      {%- do new.append('excluded.' ~ column.quoted) -%}
    {%- endif -%}
  {%- endfor -%}
  select pg_advisory_xact_lock(hashtextextended('bellwether.daily.{{ relation.schema }}.{{ relation.identifier }}', 0));
  set local jit = off;
  set local timezone = 'UTC';
  set local work_mem = '{{ config.get("work_mem", "256MB") }}';
  {%- if is_by_day %}
  {{ daily_find_days(relation) }}
  {%- endif %}
  create temporary table new_row on commit drop as
  {{ sql }};
  create index on new_row ({{ keys | join(', ') }});
  analyze new_row;
  delete from {{ relation }} as present
  where
    not exists (
      select from new_row
      where {% for key in keys %}new_row.{{ key }} = present.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    )
    {%- if is_by_day %}
    and present.{{ config.get('day_column') }} in (select day from pg_temp.touched_day)
    {%- endif %};
  insert into {{ relation }} as present ({{ names }})
  select {{ names }} from new_row
  on conflict ({{ keys | join(', ') }}) do update
  set {{ updates | join(', ') }}
  where ({{ old | join(', ') }}) is distinct from ({{ new | join(', ') }});
  {%- if is_by_day %}
  {{ daily_remember(relation) }}
  {%- endif %}
{%- endmacro %}
