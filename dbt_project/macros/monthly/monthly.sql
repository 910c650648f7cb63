{#- A table of native monthly partitions in which each month is replaced whole.

    One statement computes a month (`this_month()` stands for it), into a temporary table so that PostgreSQL may use
    parallel workers for it; delete and insert follow in the same transaction, under the month's own lock. Readers see
    the old month until the commit and are never blocked; other months may be built beside it; a run that dies leaves
    the old month. Months: the variable `months`, or every month whose input is newer than the table.

    config: month_column (the partition key), month_key (what it holds: snapshot_month, or as_of_instant),
    month_inputs (predictions for models over scores), indexes ([{name, columns, unique}] on the whole table). -#}
{% materialization monthly, adapter='postgres' %}

  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set first_month = sql | replace(month_stand_in(), '2000-01-01') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set columns = monthly_columns(first_month) -%}
  {%- if existing_relation is not none and (should_full_refresh() or existing_relation.type != 'table') -%}
    {{ adapter.drop_relation(existing_relation) }}
    {%- set existing_relation = none -%}
  {%- endif -%}
  {%- if existing_relation is none -%}
    {%- do create_monthly_table(target_relation, columns) -%}
  {%- else -%}
    {%- do assert_same_columns(target_relation, columns) -%}
  {%- endif -%}
  {%- do create_monthly_indexes(target_relation) -%}

  {%- set months = months_to_build(target_relation) -%}
  {%- if months | length > 0 -%}
    {%- do ensure_month_partitions(target_relation, months) -%}
  {%- endif -%}
  {%- do adapter.commit() -%}

  {%- call statement('main') -%}
    select {{ months | length }} as months_to_build
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {%- for month in months -%}
    {%- call statement('month_' ~ loop.index) -%}
      {{ replace_month(target_relation, columns, month, sql) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
  {%- endfor -%}
  {%- if months | length > 0 -%}
    {%- call statement('analyze') -%}
      analyze {{ target_relation }}
    {%- endcall -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=existing_relation is not none) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
