{#- The columns together are a key: no two rows share them, and only those in `nullable` may be NULL. -#}
{% test unique_combination(model, columns, nullable=[]) %}

select
  {{ columns | join(', ') }},
  count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
  count(*) > 1
  {%- for column in columns if column not in nullable %}
    or {{ column }} is null
  {%- endfor %}

{% endtest %}
