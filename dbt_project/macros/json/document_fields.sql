{#- What is read of each kind of event; once, for staging and for the windows alike. A whole number is read as float8: a
    document may write 2 as 2.0, which no integer is read from. -#}
{% macro work_fields() -%}
  {{ return([['work_id', 'text'], ['work_type', 'text'], ['scheduled_at', 'timestamptz'], ['status', 'text'], ['services', 'float8']]) }}
{%- endmacro %}

{% macro survey_fields() -%}
  {{ return([['surveyed_at', 'timestamptz'], ['score', 'float8']]) }}
{%- endmacro %}

{% macro interaction_fields() -%}
  {{ return([['interaction_id', 'text'], ['occurred_at', 'timestamptz'], ['channel', 'text'], ['is_voc', 'boolean']]) }}
{%- endmacro %}
