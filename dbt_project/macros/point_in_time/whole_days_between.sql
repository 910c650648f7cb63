{#- Calendar days, or calendar months, from one date to another. -#}
{% macro whole_days_between(earlier, later) -%}
  cast({{ dbt.datediff(earlier, later, 'day') }} as integer)
{%- endmacro %}

{% macro whole_months_between(earlier, later) -%}
  {{ return(adapter.dispatch('whole_months_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__whole_months_between(earlier, later) -%}
  cast(
    12 * (extract(year from {{ later }}) - extract(year from {{ earlier }}))
    + extract(month from {{ later }}) - extract(month from {{ earlier }}) as integer
  )
{%- endmacro %}
