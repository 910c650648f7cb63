-- The dictionary and the columns of customer_features are the same set: a feature without words cannot be explained,
-- words without a feature explain nothing.
{%- set keys = ['customer_code', 'snapshot_month', 'as_of_date', 'attributes'] -%}
{%- set features = ref('customer_features') -%}
{%- set columns = adapter.get_columns_in_relation(features) | map(attribute='name') | list if execute else [] %}

with feature_column as (
  {% for column in columns if column not in keys %}
    select '{{ column }}' as feature_name
    {{ "union all" if not loop.last }}
  {% else %}
    select 'customer_features has no feature' as feature_name
  {% endfor %}

),

dictionary as (

  select feature_name from {{ ref('feature_dictionary') }}

)

select
  feature_column.feature_name as column_without_words,
  dictionary.feature_name as words_without_column
from feature_column
full outer join dictionary
  on feature_column.feature_name = dictionary.feature_name
where feature_column.feature_name is null or dictionary.feature_name is null
