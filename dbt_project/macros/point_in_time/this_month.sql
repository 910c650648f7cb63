{#- The snapshot month that a `monthly` model builds. The materialisation puts each month in the place of the
    stand-in date, which keeps the compiled SQL valid for linters, contracts and readers. -#}
{% macro this_month() -%}
  cast('{{ month_stand_in() }}' as date)
{%- endmacro %}

{% macro month_stand_in() -%}
  {{ return('1900-01-01') }}
{%- endmacro %}
