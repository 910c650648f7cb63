{#- A native table of monthly range partitions in which each month is replaced whole.

    One statement builds one month. Its rows first go to a temporary table, because PostgreSQL may use parallel workers
    there and not in an insert; then the month's old rows are deleted and the new ones inserted, in one transaction
    under the month's own lock. Readers see the old month until the commit and are never blocked; a killed run leaves
    the old month; months next to each other may be built side by side.

    Config: month_column (date: the snapshot month; timestamptz: T), indexes [{name, columns, unique}], month_inputs
    (which macro month_inputs__* says what a month is made of), work_mem. -#}
{% materialization monthly, adapter='postgres' %}

  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do monthly_ensure_table(target_relation, load_cached_relation(this), sql) -%}
  {%- set inputs = monthly_inputs(target_relation, sql) -%}
  {%- set months = monthly_months_to_build(target_relation, inputs) -%}
  {%- if months -%}
    {%- do monthly_ensure_partitions(target_relation, months) -%}
  {%- endif -%}
  {%- set columns = adapter.get_columns_in_relation(target_relation) -%}

  {%- call statement('main') -%}
    select 'nothing out of date' as outcome
  {%- endcall -%}
  {%- for month in months -%}
    {%- call statement('main') -%}
      {{ monthly_replace(target_relation, columns, sql, month, inputs.get(month, '')) }}
    {%- endcall -%}
    {{ adapter.commit() }}
  {%- endfor -%}
  {%- if months -%}
    {%- call statement('statistics') -%}
      {{ gather_statistics(target_relation) }}
    {%- endcall -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
