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
  {%- set plan = 'create' -%}
  {%- if existing_relation is not none -%}
    {%- set plan = definition_change(existing_relation, sql) if existing_relation.type == 'view' else 'recreate' -%}
  {%- endif -%}
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
