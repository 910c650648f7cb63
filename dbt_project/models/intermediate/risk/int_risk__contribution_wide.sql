-- The ten largest contributions of a score side by side, as the documented table has them.
with contribution as (

  select * from {{ ref('int_risk__contribution') }}

)

select
  {% for k in range(1, 11) %}
    max(label_ko) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_kor,
    max(feature_value) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_value,
    max(retained_average) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_normal_average,
    max(churned_average) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_churn_average,
    max(contribution) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_contrib,
    max(contrib_label_ko) filter (where contribution_rank = {{ k }}) as feature_{{ k }}_contrib_label,
  {% endfor %}
  id,
  predicted_at
from contribution
group by id, predicted_at
