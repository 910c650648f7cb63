{#- Midnight at which a day begins in the business time zone: days are never cut in the session's. -#}
{% macro business_instant(day) -%}
  {{ return(adapter.dispatch('business_instant')(day)) }}
{%- endmacro %}

{% macro default__business_instant(day) -%}
  (cast({{ day }} as timestamp) at time zone '{{ var("business_timezone") }}')
{%- endmacro %}

{% macro spark__business_instant(day) -%}
  to_utc_timestamp(cast({{ day }} as timestamp), '{{ var("business_timezone") }}')
{%- endmacro %}
