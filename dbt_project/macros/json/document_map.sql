{#- Rows of a group as one JSON object from key to value. -#}
{% macro document_map(key, value, condition) -%}
  {{ return(adapter.dispatch('document_map')(key, value, condition)) }}
{%- endmacro %}

{% macro default__document_map(key, value, condition) -%}
  jsonb_object_agg({{ key }}, {{ value }}) filter (where {{ condition }})
{%- endmacro %}
