{#- Names and types of a monthly table: its contract where it has one, else what the query returns. -#}
{% macro monthly_columns(sql) %}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    {{ return(contract_columns()) }}
  {%- endif -%}
  {%- set columns = [] -%}
  {%- for column in get_column_schema_from_query(sql) -%}
    {%- do columns.append({'name': column.name, 'type': column.data_type, 'not_null': false}) -%}
  {%- endfor -%}
  {{ return(columns) }}
{% endmacro %}

{% macro contract_columns() %}
  {%- set columns = [] -%}
  {%- for column in model['columns'].values() -%}
    {%- set constraints = column.get('constraints', []) | map(attribute='type') | map('string') | list -%}
    {%- do columns.append({'name': column['name'], 'type': column['data_type'], 'not_null': 'not_null' in constraints}) -%}
  {%- endfor -%}
  {{ return(columns) }}
{% endmacro %}

{#- A table that exists with other columns holds months that the new query does not describe. -#}
{% macro assert_same_columns(relation, columns) %}
  {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- set wanted = columns | map(attribute='name') | list -%}
  {%- if present != wanted -%}
    {{ exceptions.raise_compiler_error(
        relation ~ " has other columns than its model: missing " ~ (wanted | reject('in', present) | list)
        ~ ", no longer wanted " ~ (present | reject('in', wanted) | list)
        ~ ". Rebuild all its months with: dbt build --full-refresh --select " ~ relation.identifier) }}
  {%- endif -%}
{% endmacro %}
