{#- Rows (score, rank, feature, value, contribution) of the arrays of top contributions. -#}
{% macro unnest_contributions(relation) -%}
  {{ return(adapter.dispatch('unnest_contributions')(relation)) }}
{%- endmacro %}

{% macro default__unnest_contributions(relation) -%}
  select
    {{ relation }}.id,
    {{ relation }}.model_name,
    {{ relation }}.model_version,
    {{ relation }}.customer_code,
    {{ relation }}.as_of_date,
    {{ relation }}.predicted_at,
    top.contribution_rank,
    top.feature_name,
    top.feature_value,
    top.feature_value_text,
    top.contribution
  from {{ relation }}
  cross join lateral unnest(
    {{ relation }}.top_features,
    {{ relation }}.top_values,
    {{ relation }}.top_value_texts,
    {{ relation }}.top_contributions
  ) with ordinality as top (feature_name, feature_value, feature_value_text, contribution, contribution_rank)
{%- endmacro %}

{% macro spark__unnest_contributions(relation) -%}
  select
    {{ relation }}.id,
    {{ relation }}.model_name,
    {{ relation }}.model_version,
    {{ relation }}.customer_code,
    {{ relation }}.as_of_date,
    {{ relation }}.predicted_at,
    top.position + 1 as contribution_rank,
    top.item.top_features as feature_name,
    top.item.top_values as feature_value,
    top.item.top_value_texts as feature_value_text,
    top.item.top_contributions as contribution
  from {{ relation }}
  lateral view posexplode(arrays_zip(top_features, top_values, top_value_texts, top_contributions)) top as position, item
{%- endmacro %}
