{#- How a missing value travels inside an array of numbers, which holds no NULL. -#}
{% macro not_a_number() -%}
  cast('NaN' as {{ dbt.type_float() }})
{%- endmacro %}
