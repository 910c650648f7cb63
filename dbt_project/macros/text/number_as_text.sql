{#- Numbers as people read them: ratios and shares of yes in per cent, others with at most two decimals and no trailing zeros. -#}
{% macro number_as_text(value, unit) -%}
  {{ return(adapter.dispatch('number_as_text')(value, unit)) }}
{%- endmacro %}

{% macro default__number_as_text(value, unit) -%}
  case
    when {{ unit }} in ('ratio', 'yes or no')
      then cast(trim_scale(round(cast({{ value }} * 100 as numeric), 1)) as {{ dbt.type_string() }}) || ' %'
    else cast(trim_scale(round(cast({{ value }} as numeric), 2)) as {{ dbt.type_string() }})
  end
{%- endmacro %}

{% macro spark__number_as_text(value, unit) -%}
  case
    when {{ unit }} in ('ratio', 'yes or no') then format_number({{ value }} * 100, '0.#') || ' %'
    else format_number({{ value }}, '0.##')
  end
{%- endmacro %}
