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
