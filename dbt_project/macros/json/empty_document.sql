{#- A JSON object without keys. -#}
{% macro empty_document() -%}
  {{ return(adapter.dispatch('empty_document')()) }}
{%- endmacro %}

{% macro default__empty_document() -%}
  cast('{}' as jsonb)
{%- endmacro %}

{% macro spark__empty_document() -%}
  '{}'
{%- endmacro %}
