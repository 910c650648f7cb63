{#- dbt replaces a view by dropping the old one with everything that hangs on it: a materialised view over it would be
    lost with each run, and a run beside this one would miss the view for a moment. Here a view that says the same
    stays untouched, one with further columns at its end is replaced in place, and only a view whose columns changed
    is dropped. -#}
{% materialization view, adapter='postgres' %}

  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing_relation = load_cached_relation(this) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif -%}
  {%- set plan = 'create' if existing_relation is none else view_change(existing_relation, sql) -%}
  {%- if plan == 'recreate' -%}
    {{ adapter.drop_relation(existing_relation) }}
  {%- endif -%}

  {%- call statement('main') -%}
    {%- if plan == 'keep' -%}
      select 1
    {%- else -%}
      create or replace view {{ target_relation }} as {{ sql }}
    {%- endif -%}
  {%- endcall -%}

  {%- set grant_config = config.get('grants') -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke=(plan != 'create')) -%}
  {%- if plan != 'keep' -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- 'keep' where the definition is the same, 'replace' where the old columns stay in place with their types, otherwise
    'recreate'. -#}
{% macro view_change(relation, sql) %}
  {%- if relation.type != 'view' -%}
    {{ return('recreate') }}
  {%- endif -%}
  {%- if has_definition(relation, sql) -%}
    {{ return('keep') }}
  {%- endif -%}
  {%- set old_columns = adapter.get_columns_in_relation(relation) -%}
  {%- set new_columns = get_column_schema_from_query(sql) -%}
  {%- set kept = namespace(all=(new_columns | length >= old_columns | length)) -%}
  {%- if kept.all -%}
    {%- for column in old_columns -%}
      {%- if new_columns[loop.index0].name != column.name -%}
        {%- set kept.all = false -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return('replace' if kept.all else 'recreate') }}
{% endmacro %}
