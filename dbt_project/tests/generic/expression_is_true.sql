{#- An identity that holds for every row; a row for which it is NULL fails. -#}
{% test expression_is_true(model, expression) %}

select *
from {{ model }}
where ({{ expression }}) is not true

{% endtest %}
