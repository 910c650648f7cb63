{#- The snapshot month that a model of the monthly materialisation is being built for. A stand-in until the
    materialisation writes each month in its place; unit tests override this macro. -#}
{% macro this_month() -%}
  cast('{{ month_stand_in() }}' as date)
{%- endmacro %}

{% macro month_stand_in() -%}
  {{ return('1000-01-01') }}
{%- endmacro %}

{% macro statement_for_month(sql, month) -%}
  {{ return(sql | replace("'" ~ month_stand_in() ~ "'", "'" ~ month ~ "'")) }}
{%- endmacro %}
