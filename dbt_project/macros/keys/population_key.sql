{#- The customers that a reason speaks of, as one text key: what they hold, their industry, province and cluster.
    A dash stands for a trait that they need not share. -#}
{% macro population_key(given_item='null', industry_code='null', sido='null', cluster_id='null') -%}
  {%- for trait in [given_item, industry_code, sido, cluster_id] -%}
    coalesce(cast({{ trait }} as varchar(200)), '-'){{ " || '|' || " if not loop.last }}
  {%- endfor -%}
{%- endmacro %}
