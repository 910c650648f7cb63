{#- Days, with their fraction, from one instant to another. -#}
{% macro days_between(earlier, later) -%}
  {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
  (extract(epoch from {{ later }} - {{ earlier }}) / 86400.0)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
  ((unix_micros({{ later }}) - unix_micros({{ earlier }})) / 86400000000.0)
{%- endmacro %}
