{#- First instant of a range. Engines without ranges hold one as a struct of its two ends. -#}
{% macro range_start(period) -%}
  {{ return(adapter.dispatch('range_start')(period)) }}
{%- endmacro %}

{% macro default__range_start(period) -%}
  lower({{ period }})
{%- endmacro %}

{% macro spark__range_start(period) -%}
  {{ period }}.start
{%- endmacro %}
