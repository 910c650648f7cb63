{% macro create_monthly_table(relation, columns) %}
  {%- call statement('create') -%}
    create table {{ relation }} (
      {%- for column in columns %}
      {{ adapter.quote(column.name) }} {{ column.type }}{{ " not null" if column.not_null }}{{ "," if not loop.last }}
      {%- endfor %}
    ) partition by range ({{ config.require('month_column') }})
  {%- endcall -%}
{% endmacro %}

{% macro create_monthly_indexes(relation) %}
  {%- for index in config.get('indexes', []) -%}
    {%- call statement('index_' ~ loop.index) -%}
      create {{ 'unique ' if index.get('unique') }}index if not exists {{ index['name'] }}
        on {{ relation }} ({{ index['columns'] | join(', ') }})
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{#- One month beyond each end: an instant key falls into the month before or after, as the business zone lies. -#}
{% macro ensure_month_partitions(relation, months) %}
  {%- call statement('partitions') -%}
    select source.ensure_partitions(
      '{{ relation }}'::regclass, cast('{{ months | min }}' as date), cast('{{ months | max }}' as date) + 32
    )
  {%- endcall -%}
{% endmacro %}
