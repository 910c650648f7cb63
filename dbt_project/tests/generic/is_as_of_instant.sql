{#- The column holds first instants of months in the business time zone. -#}
{% test is_as_of_instant(model, column) %}

select distinct {{ column }}
from {{ model }}
where {{ column }} <> {{ business_instant(dbt.date_trunc('month', business_day(column))) }}

{% endtest %}
