-- The candidates of a classification side by side.
with candidate as (

  select * from {{ ref('stg_ml__message_category') }}

),

category as (

  select * from {{ ref('stg_deskroom__voc_category') }}

)

select
  {% for rank in range(1, 6) %}
    {% for level in ('main', 'sub', 'detail') %}
      {%- set here = 'candidate.candidate_rank = ' ~ rank ~ ' and candidate.category_level = ' ~ loop.index %}
      max(category.category_name) filter (where {{ here }}) as {{ level }}_category_{{ rank }}_name,
      max(category.category_id) filter (where {{ here }}) as {{ level }}_category_{{ rank }}_id,
      max(category.voc_id) filter (where {{ here }}) as {{ level }}_category_{{ rank }}_code,
    {% endfor %}
    max(candidate.reason) filter (where candidate.candidate_rank = {{ rank }}) as detail_category_{{ rank }}_reason,
  {% endfor %}
  candidate.message_id,
  candidate.model_version
from candidate
inner join category
  on candidate.voc_id = category.voc_id
group by candidate.message_id, candidate.model_version
