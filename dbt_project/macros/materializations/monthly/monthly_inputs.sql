{#- What each month would be built from: {month: hash}. The hash covers the loads (or scores) that touched the month, the
    model and every model above it, and the variables; a month is out of date when its hash is not the remembered one. -#}
{% macro monthly_inputs(relation, sql) -%}
  {%- set kind = config.get('month_inputs', 'loads') -%}
  {%- set query = context.get('month_inputs__' ~ kind) -%}
  {%- if query is none -%}
    {{ exceptions.raise_compiler_error("month_inputs: there is no macro month_inputs__" ~ kind ~ " (model " ~ model.name ~ ")") }}
  {%- endif -%}
  {%- set code = local_md5(monthly_code(model.unique_id, []) ~ var('business_timezone') ~ var('close_delay_days')) -%}
  {%- set inputs = {} -%}
  {%- for row in run_query(query()).rows -%}
    {%- do inputs.update({row[0]: local_md5(row[1] ~ code)}) -%}
  {%- endfor -%}
  {{ return(inputs) }}
{%- endmacro %}

{#- Loads that changed the month: the loader names every snapshot month that a file touches. -#}
{% macro month_inputs__loads() -%}
  select cast(snapshot_month as text), string_agg(cast(batch_id as text), ',' order by batch_id)
  from {{ source('deskroom', 'load_month') }}
  group by snapshot_month
{%- endmacro %}

{#- Scores of the month: those whose as-of instant closes it. -#}
{% macro month_inputs__predictions() -%}
  select cast(cast({{ dbt.dateadd('month', -1, 'as_of_date') }} as date) as text), count(*) || ',' || max(id)
  from {{ source('ml', 'prediction') }}
  group by as_of_date
{%- endmacro %}

{#- Checksums of a model and of everything above it, each once. -#}
{% macro monthly_code(unique_id, seen) -%}
  {%- set parts = [] -%}
  {%- if unique_id not in seen and unique_id in graph.nodes -%}
    {%- do seen.append(unique_id) -%}
    {%- set node = graph.nodes[unique_id] -%}
    {%- do parts.append(node.checksum.checksum) -%}
    {%- for parent in node.depends_on.nodes | sort -%}
      {%- do parts.append(monthly_code(parent, seen)) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(parts | join(',')) }}
{%- endmacro %}

{#- The months that var('months') names or, without any, those that are missing or out of date. -#}
{% macro monthly_months_to_build(relation, inputs) -%}
  {%- set asked = var('months', []) -%}
  {%- for month in asked -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-01$', month | string) -%}
      {{ exceptions.raise_compiler_error("months: " ~ month ~ " is not the first day of a month; write 2025-01-01") }}
    {%- endif -%}
  {%- endfor -%}
  {%- if asked and not should_full_refresh() -%}
    {{ return(asked | map('string') | unique | sort) }}
  {%- endif -%}
  {%- set remembered = {} -%}
  {%- for row in run_query(
        "select partition_key, input_hash from monitoring.build_ledger where step = '" ~ monthly_step(relation) ~ "'"
      ).rows -%}
    {%- do remembered.update({row[0]: row[1] | trim}) -%}
  {%- endfor -%}
  {%- set months = [] -%}
  {%- for month, input_hash in inputs.items() | sort -%}
    {%- if should_full_refresh() or remembered.get(month) != input_hash -%}
      {%- do months.append(month) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(months) }}
{%- endmacro %}
