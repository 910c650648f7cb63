{#- A text that people wrote, with what names a person struck out: the customer's own name, e-mail addresses, telephone
    numbers, and Korean names before a title (surname of the twenty most frequent, two syllables). What looks like a
    name by nothing but knowledge of the person stays. `name` is the column of the customer's name.

    This is the only rule, and a text has to be whole when it is masked: of a number that was cut into words nothing
    matches any more. Messages are masked in int_voc__masked_message, before anything is learned or quoted from them. -#}
{% macro mask_text(column, name) -%}
  {{ return(adapter.dispatch('mask_text')(column, name)) }}
{%- endmacro %}

{% macro default__mask_text(column, name) -%}
  {%- set address = "'[[:alnum:]._%+-]+@[[:alnum:].-]+'" -%}
  {%- set number = "'(?<![0-9A-Za-z])(\\+?82[ -]?|0)[0-9]{1,2}[ .)-]{0,2}[0-9]{3,4}[ .-]?[0-9]{4}(?![0-9])'" -%}
  {%- set titled = "'[김이박최정강조윤장임한오서신권황안송류홍][가-힣]{2}( ?(님|씨|기사|팀장|과장|대리|부장|실장|매니저))'" -%}
  regexp_replace(
    regexp_replace(
      regexp_replace(
        case
          when length({{ name }}) > 1 then replace({{ column }}, {{ name }}, '***')
          else {{ column }}
        end,
        {{ address }}, '***@***', 'g'
      ),
      {{ number }}, '***-****', 'g'
    ),
    {{ titled }}, '***\1', 'g'
  )
{%- endmacro %}
