{#- Creates the table as its contract describes it, or makes sure that the one there is that one. What only
    adapter='postgres' needs. -#}
{% macro daily_ensure_table(relation, existing, sql) -%}
  {{ get_assert_columns_equivalent(sql) }}
  {%- if existing is not none -%}
    {%- set differences = monthly_column_differences(existing, sql) if existing.type == 'table' else ['it is a ' ~ existing.type] -%}
    {%- if differences and not should_full_refresh() -%}
      {{ exceptions.raise_compiler_error(
          relation ~ " is not what the model describes: " ~ differences | join('; ')
          ~ ". Build it anew: dbt build --full-refresh --select " ~ model.name ~ "+"
      ) }}
    {%- elif differences -%}
      {{ adapter.drop_relation(existing) }}
    {%- endif -%}
  {%- endif -%}
  {%- call statement('create_table') -%}
    select pg_advisory_xact_lock(hashtextextended('bellwether.table.{{ relation.schema }}.{{ relation.identifier }}', 0));
    {{ monthly_forget(relation) }}
    create table if not exists {{ relation }} {{ get_table_columns_and_constraints() }};
    create unique index if not exists {{ daily_key_index(relation) }}
      on {{ relation }} ({{ config.require('unique_key') | join(', ') }});
  {%- endcall -%}
  {{ adapter.commit() }}
  {%- do monthly_ensure_indexes(relation) -%}
{%- endmacro %}

{% macro daily_key_index(relation) -%}
  {{ return(('idx_' ~ relation.identifier ~ '_key')[:63]) }}
{%- endmacro %}
