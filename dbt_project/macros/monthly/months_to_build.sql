{#- The months the caller names, else those whose input has changed since the table was built: other batches touched
    them, or the model's text is another. -#}
{% macro months_to_build(relation) %}
  {%- if var('months') | length > 0 -%}
    {{ return(var('months') | map('string') | sort) }}
  {%- endif -%}
  {%- set stale = run_query(
        "select cast(input.snapshot_month as text) from (" ~ month_inputs() ~ ") as input"
        ~ " left join monitoring.build_ledger as built"
        ~ " on built.step = '" ~ ledger_step(relation) ~ "' and built.partition_key = cast(input.snapshot_month as text)"
        ~ " where built.input_hash is distinct from input.input_hash or not " ~ has_rows(relation)
        ~ " order by 1"
      ) -%}
  {{ return(stale.columns[0].values() | list) }}
{% endmacro %}

{#- Each month with the hash of what it is built from: the batches that touched it or, for a model over scores
    (config month_inputs: predictions), the scores made as of it. -#}
{% macro month_inputs() -%}
  {%- set version = local_md5(model.raw_code ~ var('business_timezone')) -%}
  {%- if config.get('month_inputs') == 'predictions' -%}
  select
    {{ snapshot_month_of('as_of_date') }} as snapshot_month,
    encode(sha256(convert_to(concat_ws(
      ',', count(*), max(id), max(created_at at time zone 'UTC'), round(cast(sum(probability) as numeric), 9), '{{ version }}'
    ), 'UTF8')), 'hex') as input_hash
  from ml.prediction
  group by as_of_date
  {%- else -%}
  select
    snapshot_month,
    encode(sha256(convert_to(
      string_agg(cast(batch_id as text), ',' order by batch_id) || ',{{ version }}', 'UTF8'
    )), 'hex') as input_hash
  from source.load_month
  group by snapshot_month
  {%- endif -%}
{%- endmacro %}

{% macro snapshot_month_of(as_of_date) -%}
  cast(date_trunc('month', {{ as_of_date }}) - interval '1 month' as date)
{%- endmacro %}

{% macro ledger_step(relation) -%}
  {{ return(('dbt:' ~ relation.identifier)[:63]) }}
{%- endmacro %}

{% macro has_rows(relation) -%}
  {{ return('exists (select 1 from ' ~ relation ~ ')') }}
{%- endmacro %}
