{#- A table that is kept and corrected: only rows that differ from what the statement says now are written, in one
    transaction under the table's own lock, so that a row that nothing touched keeps its place and its times, and readers
    are never blocked. Building it twice changes nothing; what it holds is what a full rebuild would give.

    Config: unique_key (columns), indexes [{name, columns}], uncompared (columns that say when a row was written),
    kept (those of them that stay at the first), work_mem; and for tables whose statement is restricted to
    touched_days(): day_column, day_source (the model whose rows a day is made of), source_day_column, reach_days
    (how many days later a row still counts) and day_code (SQL of macros that the rows are made by: files of models are
    compared anyway). monitoring.build_ledger remembers what each day was made of. -#}
{% materialization daily, adapter='postgres' %}

  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- call statement('days') -%}
    {{ daily_touched_days_table() }}
  {%- endcall -%}
  {%- do daily_ensure_table(target_relation, load_cached_relation(this), sql) -%}
  {%- set columns = adapter.get_columns_in_relation(target_relation) -%}

  {%- call statement('main') -%}
    {{ daily_correct(target_relation, columns, sql) }}
  {%- endcall -%}
  {{ adapter.commit() }}
  {%- call statement('statistics') -%}
    {{ gather_statistics(target_relation) }}
  {%- endcall -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
