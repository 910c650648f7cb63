{#- Schemas are named by the layer alone: one database holds one company, and a relation is found where it is documented. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
