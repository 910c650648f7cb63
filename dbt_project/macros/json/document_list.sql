{#- Rows of a group as a JSON array of objects in a stated order, those that meet a condition; NULL where none does.
    `fields` is a list of [key, column]. -#}
{% macro document_list(fields, order_by, condition) -%}
  {{ return(adapter.dispatch('document_list')(fields, order_by, condition)) }}
{%- endmacro %}

{% macro default__document_list(fields, order_by, condition) -%}
  jsonb_agg(
    jsonb_build_object({% for key, column in fields %}'{{ key }}', {{ column }}{{ ", " if not loop.last }}{% endfor %})
    order by {{ order_by }}
  ) filter (where {{ condition }})
{%- endmacro %}

{#- Rows of a group as one JSON object from key to value. -#}
{% macro document_map(key, value, condition) -%}
  {{ return(adapter.dispatch('document_map')(key, value, condition)) }}
{%- endmacro %}

{% macro default__document_map(key, value, condition) -%}
  jsonb_object_agg({{ key }}, {{ value }}) filter (where {{ condition }})
{%- endmacro %}
