{#- Whether a contract of a snapshot is active at that snapshot's cut-off T. One place, because the cohort and the
    label must mean the same contracts. -#}
{% macro is_active_contract(relation) -%}
  {%- set as_of_date = 'cast(' ~ dbt.dateadd('month', 1, relation ~ '.snapshot_month') ~ ' as date)' -%}
  (
    {{ relation }}.status = 'active'
    and {{ relation }}.started_on < {{ as_of_date }}
    and ({{ relation }}.ended_on is null or {{ relation }}.ended_on >= {{ as_of_date }})
  )
{%- endmacro %}
