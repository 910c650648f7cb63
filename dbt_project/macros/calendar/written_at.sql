{#- The instant at which a build writes a row. Only for columns that say so: nothing may be computed from it. -#}
{% macro written_at() -%}
  {{ return(adapter.dispatch('written_at')()) }}
{%- endmacro %}

{% macro default__written_at() -%}
  cast(now() as timestamptz)
{%- endmacro %}

{% macro spark__written_at() -%}
  current_timestamp()
{%- endmacro %}
