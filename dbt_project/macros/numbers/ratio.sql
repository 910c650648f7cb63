{#- A quotient that is NULL where its denominator is zero, never 0. -#}
{% macro ratio(numerator, denominator) -%}
  cast(({{ numerator }}) / nullif(cast({{ denominator }} as {{ dbt.type_float() }}), 0) as real)
{%- endmacro %}
