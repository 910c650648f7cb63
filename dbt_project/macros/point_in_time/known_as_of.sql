{#- The one place that says which facts an as-of instant may use: those known before it. -#}
{% macro known_as_of(known_at, as_of_at) -%}
  {{ known_at }} < {{ as_of_at }}
{%- endmacro %}
