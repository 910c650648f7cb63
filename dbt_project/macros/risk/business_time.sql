{#- Days are cut in the business time zone, never in the session's. -#}
{% macro business_instant(day) -%}
  {{ return(adapter.dispatch('business_instant')(day)) }}
{%- endmacro %}

{% macro default__business_instant(day) -%}
  (cast({{ day }} as timestamp) at time zone '{{ var("business_timezone") }}')
{%- endmacro %}

{% macro spark__business_instant(day) -%}
  to_utc_timestamp(cast({{ day }} as timestamp), '{{ var("business_timezone") }}')
{%- endmacro %}

{% macro business_day(instant) -%}
  {{ return(adapter.dispatch('business_day')(instant)) }}
{%- endmacro %}

{% macro default__business_day(instant) -%}
  cast({{ instant }} at time zone '{{ var("business_timezone") }}' as date)
{%- endmacro %}

{% macro spark__business_day(instant) -%}
  cast(from_utc_timestamp({{ instant }}, '{{ var("business_timezone") }}') as date)
{%- endmacro %}
