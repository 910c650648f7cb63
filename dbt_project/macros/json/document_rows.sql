{#- The objects of a JSON array as typed rows, to cross join with the row that holds the document. `path` is the key of the
    array inside the document, none where the document is the array itself. `fields` is a list of [name, type]. An absent,
    null or wrongly typed array has no rows. -#}
{% macro document_rows(document, path, alias, fields) -%}
  {{ return(adapter.dispatch('document_rows')(document, path, alias, fields)) }}
{%- endmacro %}

{% macro default__document_rows(document, path, alias, fields) -%}
  cross join lateral {{ default__document_table(document, path, alias, fields) }}
{%- endmacro %}

{% macro spark__document_rows(document, path, alias, fields) -%}
  cross join lateral {{ spark__document_table(document, path, alias, fields) }}
{%- endmacro %}
