{#- Creates the partitioned table, or makes sure that the one there is the one the model describes. A table whose columns
    are the same is kept even by --full-refresh, with its grants and everything that reads it. -#}
{% macro monthly_ensure_table(relation, existing, sql) -%}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif -%}
  {%- if existing is not none -%}
    {%- set differences = monthly_column_differences(existing, sql) if existing.type == 'table' else ['it is a ' ~ existing.type] -%}
    {%- if not differences -%}
      {%- do monthly_ensure_indexes(relation) -%}
      {{ return(none) }}
    {%- elif not should_full_refresh() -%}
      {{ exceptions.raise_compiler_error(
          relation ~ " is not what the model describes: " ~ differences | join('; ')
          ~ ". Build it again, all months: bellwether run --full-refresh, or dbt build --full-refresh --select " ~ model.name ~ "+"
      ) }}
    {%- endif -%}
    {{ adapter.drop_relation(existing) }}
  {%- endif -%}
  {%- call statement('create_table') -%}
    select pg_advisory_xact_lock(hashtextextended('bellwether.table.{{ relation.schema }}.{{ relation.identifier }}', 0));
    {{ monthly_forget(relation) }}
    create table if not exists {{ relation }} {{ monthly_columns(sql) }} partition by range ({{ config.require('month_column') }});
  {%- endcall -%}
  {{ adapter.commit() }}
  {%- do monthly_ensure_indexes(relation) -%}
{%- endmacro %}

{#- Only an index that is not there is created: asking for one `if not exists` waits for every writer of the table. -#}
{% macro monthly_ensure_indexes(relation) -%}
  {%- for index in config.get('indexes', []) -%}
    {%- set found = run_query("select to_regclass('" ~ relation.schema ~ "." ~ index['name'] ~ "') is not null").rows[0][0] -%}
    {%- if not found -%}
      {%- call statement('index_' ~ loop.index) -%}
        create {{ 'unique ' if index.get('unique') }}index if not exists {{ index['name'] }}
          on {{ relation }} ({{ index['columns'] | join(', ') }})
      {%- endcall -%}
      {{ adapter.commit() }}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{#- With an enforced contract the YAML is the table's definition; otherwise the statement's own columns are. -#}
{% macro monthly_columns(sql) -%}
  {%- if config.get('contract').enforced -%}
    {{ return(get_table_columns_and_constraints()) }}
  {%- endif -%}
  {%- set rows = run_query(monthly_described(sql)).rows -%}
  {%- set columns = [] -%}
  {%- for row in rows -%}
    {%- do columns.append(row[0] ~ ' ' ~ row[1]) -%}
  {%- endfor -%}
  {{ return('(' ~ columns | join(', ') ~ ')') }}
{%- endmacro %}

{#- Names and types of the statement's columns, from an empty temporary table. -#}
{% macro monthly_described(sql) -%}
  drop table if exists pg_temp.described;
  {%- if config.get('contract').enforced %}
  create temporary table described {{ get_table_columns_and_constraints() }};
  {%- else %}
  create temporary table described as select * from ({{ sql }}) as described limit 0;
  {%- endif %}
  select quote_ident(attname), format_type(atttypid, atttypmod)
  from pg_attribute
  where attrelid = 'pg_temp.described'::regclass and attnum > 0 and not attisdropped
  order by attnum
{%- endmacro %}

{% macro monthly_column_differences(existing, sql) -%}
  {%- set wanted = run_query(monthly_described(sql)).rows -%}
  {%- set found = run_query(
        "select quote_ident(attname), format_type(atttypid, atttypmod) from pg_attribute where attrelid = '"
        ~ existing.schema ~ '.' ~ existing.identifier ~ "'::regclass and attnum > 0 and not attisdropped order by attnum"
      ).rows -%}
  {%- set wanted_types = {} -%}
  {%- set found_types = {} -%}
  {%- for row in wanted -%}{%- do wanted_types.update({row[0]: row[1]}) -%}{%- endfor -%}
  {%- for row in found -%}{%- do found_types.update({row[0]: row[1]}) -%}{%- endfor -%}
  {%- set differences = [] -%}
  {%- for name, type in wanted_types.items() -%}
    {%- if name not in found_types -%}
      {%- do differences.append('column ' ~ name ~ ' is missing') -%}
    {%- elif found_types[name] != type -%}
      {%- do differences.append('column ' ~ name ~ ' is ' ~ found_types[name] ~ ', not ' ~ type) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for name in found_types if name not in wanted_types -%}
    {%- do differences.append('column ' ~ name ~ ' is no longer described') -%}
  {%- endfor -%}
  {{ return(differences) }}
{%- endmacro %}
