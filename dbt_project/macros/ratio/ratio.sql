{#- A quotient that is NULL where its denominator is zero, never 0. -#}
{% macro ratio(numerator, denominator) -%}
  cast(cast({{ numerator }} as {{ dbt.type_float() }}) / nullif({{ denominator }}, 0) as real)
{%- endmacro %}
