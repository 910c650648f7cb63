{#- One value of a JSON object as text. -#}
{% macro document_text(document, key) -%}
  {{ return(adapter.dispatch('document_text')(document, key)) }}
{%- endmacro %}

{% macro default__document_text(document, key) -%}
  ({{ document }} ->> '{{ key }}')
{%- endmacro %}

{% macro spark__document_text(document, key) -%}
  get_json_object({{ document }}, '$.{{ key }}')
{%- endmacro %}
