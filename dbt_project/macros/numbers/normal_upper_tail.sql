{#- Probability that a standard normal variable is at least z. Abramowitz and Stegun 26.2.17: wrong by 8e-8 at most. -#}
{% macro normal_upper_tail(z) -%}
  case
    when {{ z }} >= 0 then {{ normal_tail_beyond('abs(' ~ z ~ ')') }}
    else 1 - {{ normal_tail_beyond('abs(' ~ z ~ ')') }}
  end
{%- endmacro %}

{% macro normal_tail_beyond(z) -%}
  {%- set t = '(1 / (1 + 0.2316419 * ' ~ z ~ '))' -%}
  (
    exp(-power({{ z }}, 2) / 2) * 0.3989422804014327
    * {{ t }} * (0.319381530 + {{ t }} * (-0.356563782 + {{ t }} * (1.781477937 + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429))))
  )
{%- endmacro %}
