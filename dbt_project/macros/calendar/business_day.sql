{#- Day of an instant in the business time zone, never in the session's. -#}
{% macro business_day(instant) -%}
  {{ return(adapter.dispatch('business_day')(instant)) }}
{%- endmacro %}

{% macro default__business_day(instant) -%}
  cast({{ instant }} at time zone '{{ var("business_timezone") }}' as date)
{%- endmacro %}

{% macro spark__business_day(instant) -%}
  cast(from_utc_timestamp({{ instant }}, '{{ var("business_timezone") }}') as date)
{%- endmacro %}
