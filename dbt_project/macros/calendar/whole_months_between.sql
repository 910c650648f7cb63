{#- Calendar months from one date to another; the day of the month does not count. -#}
{% macro whole_months_between(earlier, later) -%}
  {{ return(adapter.dispatch('whole_months_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__whole_months_between(earlier, later) -%}
  cast(
    12 * (extract(year from {{ later }}) - extract(year from {{ earlier }}))
    + extract(month from {{ later }}) - extract(month from {{ earlier }}) as integer
  )
{%- endmacro %}
