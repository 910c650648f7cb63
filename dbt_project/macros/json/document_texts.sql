{#- The texts of a JSON array, one row each, to cross join with the row that holds it. -#}
{% macro document_texts(document, key, alias) -%}
  {{ return(adapter.dispatch('document_texts')(document, key, alias)) }}
{%- endmacro %}

{% macro default__document_texts(document, key, alias) -%}
  cross join lateral jsonb_array_elements_text(
    case when jsonb_typeof({{ document }} -> '{{ key }}') = 'array' then {{ document }} -> '{{ key }}' end
  ) as {{ alias }} (value)
{%- endmacro %}

{% macro spark__document_texts(document, key, alias) -%}
  lateral view explode(from_json(get_json_object({{ document }}, '$.{{ key }}'), 'array<string>')) {{ alias }} as value
{%- endmacro %}
