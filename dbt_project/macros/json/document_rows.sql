{#- The objects of a JSON array as typed rows. `path` is the key of the array inside the document, none where the document
    is the array itself. `fields` is a list of [name, type]. An absent, null or wrongly typed array has no rows. -#}

{#- To cross join with the row that holds the document. -#}
{% macro document_rows(document, path, alias, fields) -%}
  {{ return(adapter.dispatch('document_rows')(document, path, alias, fields)) }}
{%- endmacro %}

{% macro default__document_rows(document, path, alias, fields) -%}
  cross join lateral {{ default__document_table(document, path, alias, fields) }}
{%- endmacro %}

{% macro spark__document_rows(document, path, alias, fields) -%}
  cross join lateral {{ spark__document_table(document, path, alias, fields) }}
{%- endmacro %}

{#- To select from, in a lateral query of the row that holds the document. -#}
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
