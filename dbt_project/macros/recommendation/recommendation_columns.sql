{#- What the two documented tables of recommendations say alike, of customers and of prospects. -#}
{% macro recommendation_columns(subject) -%}
  {%- for kind in ('contract', 'product') %}
  {%- for place in (1, 2, 3) %}
  {%- set item = 'rec_' ~ kind ~ '_' ~ place %}
  cast({{ subject }}.{{ item }} as varchar(255)) as {{ item }},
  cast({{ subject }}.{{ item }}_reason as {{ dbt.type_string() }}) as {{ item }}_reason,
  {%- endfor %}
  {%- endfor %}
  {{ subject }}.cluster_id as user_cluster,
  {{ subject }}.similarity as cluster_similarity,
  {{ subject }}.similar_customer_code as sim_ccod,
  cast({{ mask_unless_permitted(subject ~ '.similar_customer_name', 'name') }} as varchar(255)) as sim_user_name,
  {{ subject }}.similar_contracts as sim_user_contracts,
  {{ subject }}.similar_products as sim_user_products
{%- endmacro %}
