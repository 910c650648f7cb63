{#- Creates the table as its contract describes it, or makes sure that the one there is that one. What only
    adapter='postgres' needs. -#}
{% macro daily_ensure_table(relation, existing, sql) -%}
  {{ get_assert_columns_equivalent(sql) }}
  {%- if existing is not none -%}
    {%- set differences = monthly_column_differences(existing, sql) if existing.type == 'table' else ['it is a ' ~ existing.type] -%}
    {%- if differences and not should_full_refresh() -%}
      {{ exceptions.raise_compiler_error(
          relation ~ " is not what the model describes: " ~ differences | join('; ')
          ~ ". Build it again: bellwether run --full-refresh, or dbt build --full-refresh --select " ~ model.name ~ "+"
      ) }}
    {%- elif differences -%}
      {{ adapter.drop_relation(existing) }}
    {%- endif -%}
  {%- endif -%}
  {%- call statement('create_table') -%}
    select pg_advisory_xact_lock(hashtextextended('bellwether.table.{{ relation.schema }}.{{ relation.identifier }}', 0));
    {{ monthly_forget(relation) }}
    create table if not exists {{ relation }} {{ get_table_columns_and_constraints() }};
  {%- endcall -%}
  {{ adapter.commit() }}
  {%- do daily_ensure_key(relation, config.require('unique_key') | join(', ')) -%}
  {%- do monthly_ensure_indexes(relation) -%}
{%- endmacro %}

{#- The index that a row is found by; one of another key, from an earlier version of the model, gives way. -#}
{% macro daily_ensure_key(relation, keys) -%}
  {%- set index = ('idx_' ~ relation.identifier ~ '_key')[:63] -%}
  {%- set query -%}
    select string_agg(key_column.attname, ', ' order by part.place)
    from pg_index as found
    cross join lateral unnest(found.indkey) with ordinality as part (attnum, place)
    join pg_attribute as key_column on key_column.attrelid = found.indrelid and key_column.attnum = part.attnum
    where found.indexrelid = to_regclass('{{ relation.schema }}.{{ index }}')
  {%- endset -%}
  {%- set found = run_query(query).rows[0][0] -%}
  {%- if found != keys -%}
    {%- call statement('key') -%}
      {%- if found is not none %}
      drop index {{ relation.schema }}.{{ index }};
      {%- endif %}
      create unique index {{ index }} on {{ relation }} ({{ keys }});
    {%- endcall -%}
    {{ adapter.commit() }}
  {%- endif -%}
{%- endmacro %}
