{#- A table that was just made has no statistics yet, and the planner takes it for a small one: joins of millions of
    rows then run row by row. -#}
{% macro gather_statistics(relation) -%}
  {{ return(adapter.dispatch('gather_statistics')(relation)) }}
{%- endmacro %}

{% macro default__gather_statistics(relation) -%}
  analyze {{ relation }}
{%- endmacro %}

{% macro spark__gather_statistics(relation) -%}
  analyze table {{ relation }} compute statistics
{%- endmacro %}
