{#- Calendar days from one date to another. -#}
{% macro whole_days_between(earlier, later) -%}
  cast({{ dbt.datediff(earlier, later, 'day') }} as integer)
{%- endmacro %}
