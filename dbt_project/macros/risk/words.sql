{#- Numbers as people read them: ratios and shares of yes in per cent, others with at most two decimals and no trailing zeros. -#}
{% macro number_in_words(value, unit) -%}
  {{ return(adapter.dispatch('number_in_words')(value, unit)) }}
{%- endmacro %}

{% macro default__number_in_words(value, unit) -%}
  case
    when {{ unit }} in ('ratio', 'yes or no')
      then cast(trim_scale(round(cast({{ value }} * 100 as numeric), 1)) as {{ dbt.type_string() }}) || ' %'
    else cast(trim_scale(round(cast({{ value }} as numeric), 2)) as {{ dbt.type_string() }})
  end
{%- endmacro %}

{% macro spark__number_in_words(value, unit) -%}
  case
    when {{ unit }} in ('ratio', 'yes or no') then format_number({{ value }} * 100, '0.#') || ' %'
    else format_number({{ value }}, '0.##')
  end
{%- endmacro %}

{#- The customer's own value: a category by its name, yes or no, a number, or that it is not known. -#}
{% macro value_in_words(contribution, language) -%}
  {%- set words = {'en': ('yes', 'no', 'unknown'), 'ko': ('예', '아니오', '알 수 없음')}[language] -%}
  case
    when {{ contribution }}.feature_value_text is not null then {{ contribution }}.feature_value_text
    when {{ contribution }}.feature_value is null then '{{ words[2] }}'
    when {{ contribution }}.data_type = 'boolean' and {{ contribution }}.feature_value > 0 then '{{ words[0] }}'
    when {{ contribution }}.data_type = 'boolean' then '{{ words[1] }}'
    else {{ number_in_words(contribution ~ '.feature_value', contribution ~ '.unit') }}
  end
{%- endmacro %}
