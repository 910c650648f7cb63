{#- A snapshot is a statement about its cut-off that arrives a little later: until the month closes, a correction
    of it counts for its own month. -#}
{% macro month_closes_at(as_of_date) -%}
  {{ business_instant(dbt.dateadd('day', var('close_delay_days'), as_of_date)) }}
{%- endmacro %}
