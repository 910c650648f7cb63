{#- The instant so many hours before the reader asks. For views about the running service only: a figure of the data that
    hangs on the wall clock cannot be built again. -#}
{% macro hours_ago(hours) -%}
  {{ return(adapter.dispatch('hours_ago')(hours)) }}
{%- endmacro %}

{% macro default__hours_ago(hours) -%}
  (now() - interval '{{ hours }}' hour)
{%- endmacro %}

{% macro spark__hours_ago(hours) -%}
  (current_timestamp() - interval '{{ hours }}' hour)
{%- endmacro %}
