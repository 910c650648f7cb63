{#- The customer's own value: a category by its name, yes or no, a number, or that it is not known. -#}
{% macro value_as_text(contribution, language) -%}
  {%- set texts = {'en': ('yes', 'no', 'unknown'), 'ko': ('예', '아니오', '알 수 없음')}[language] -%}
  case
    when {{ contribution }}.feature_value_text is not null then {{ contribution }}.feature_value_text
    when {{ contribution }}.feature_value is null then '{{ texts[2] }}'
    when {{ contribution }}.data_type = 'boolean' and {{ contribution }}.feature_value > 0 then '{{ texts[0] }}'
    when {{ contribution }}.data_type = 'boolean' then '{{ texts[1] }}'
    else {{ number_as_text(contribution ~ '.feature_value', contribution ~ '.unit') }}
  end
{%- endmacro %}
