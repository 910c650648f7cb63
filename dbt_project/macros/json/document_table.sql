{#- The same rows as document_rows, to select from in a lateral query of the row that holds the document. -#}
{% macro document_table(document, path, alias, fields) -%}
  {{ return(adapter.dispatch('document_table')(document, path, alias, fields)) }}
{%- endmacro %}

{% macro default__document_table(document, path, alias, fields) -%}
  {%- set array = document if path is none else document ~ " -> '" ~ path ~ "'" -%}
  jsonb_to_recordset(
    case when jsonb_typeof({{ array }}) = 'array' then {{ array }} end
  ) as {{ alias }} (
    {%- for name, type in fields %}{{ name }} {{ type }}{{ ", " if not loop.last }}{% endfor -%}
  )
{%- endmacro %}

{% macro spark__document_table(document, path, alias, fields) -%}
  {%- set array = document if path is none else "get_json_object(" ~ document ~ ", '$." ~ path ~ "')" -%}
  {%- set types = [] -%}
  {%- for name, type in fields %}{% do types.append(name ~ ':' ~ (type | replace('timestamptz', 'timestamp') | replace('text', 'string') | replace('float8', 'double'))) %}{% endfor -%}
  inline(from_json({{ array }}, 'array<struct<{{ types | join(",") }}>>')) as {{ alias }}
{%- endmacro %}
