{#- The one place that says what was known when. T of a snapshot month is the first instant of the next month in the
    business time zone. -#}
{% macro as_of_date(month) -%}
  cast({{ dbt.dateadd('month', 1, month) }} as date)
{%- endmacro %}

{% macro as_of_instant(month) -%}
  {{ business_instant(dbt.dateadd('month', 1, month)) }}
{%- endmacro %}

{#- A fact counts as of T if it was known by then. -#}
{% macro is_known_as_of(known_at, month) -%}
  {{ known_at }} <= {{ as_of_instant(month) }}
{%- endmacro %}

{#- A snapshot describes its month from outside: a correction of it still counts if it came before the month closed. -#}
{% macro is_known_at_close(known_at, month) -%}
  {{ known_at }} <= {{ as_of_instant(month) }} + interval '{{ var("close_delay_days") | int }}' day
{%- endmacro %}
