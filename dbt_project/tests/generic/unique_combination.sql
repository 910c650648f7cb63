{#- The columns together are a key: no two rows share them and none of them is NULL. -#}
{% test unique_combination(model, columns) %}

select
  {{ columns | join(', ') }},
  count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
  count(*) > 1
  or {% for column in columns %}{{ column }} is null{{ " or " if not loop.last }}{% endfor %}

{% endtest %}
