{#- A materialised view that readers can rely on: rebuilt only when its definition changes, otherwise refreshed
    concurrently, so that readers never wait, and its indexes and grants stay. A unique index is required by
    PostgreSQL for that. `column_grants` narrows what a role may read: {role: [columns]}. -#}
{% materialization concurrent_materialized_view, adapter='postgres' %}

  {%- set target_relation = this.incorporate(type='materialized_view') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set indexes = config.get('indexes', []) -%}
  {%- if indexes | selectattr('unique', 'defined') | list | length == 0 -%}
    {{ exceptions.raise_compiler_error(this ~ " needs a unique index to be refreshed concurrently: add one to its config 'indexes'") }}
  {%- endif -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set is_unchanged = existing_relation is not none
        and existing_relation.type == 'materialized_view'
        and definition_change(existing_relation, sql) == 'keep' -%}

  {%- if is_unchanged -%}
    {%- call statement('main') -%}
      refresh materialized view concurrently {{ target_relation }}
    {%- endcall -%}
  {%- else -%}
    {%- if existing_relation is not none -%}
      {{ adapter.drop_relation(existing_relation) }}
    {%- endif -%}
    {%- call statement('main') -%}
      create materialized view {{ target_relation }} as {{ sql }}
    {%- endcall -%}
  {%- endif -%}

  {%- for index in indexes -%}
    {%- call statement('index_' ~ loop.index) -%}
      create {{ 'unique ' if index.get('unique') }}index if not exists {{ index['name'] }}
        on {{ target_relation }} ({{ index['columns'] | join(', ') }})
    {%- endcall -%}
  {%- endfor -%}
  {%- for role, columns in config.get('column_grants', {}).items() -%}
    {%- call statement('grant_' ~ loop.index) -%}
      revoke all on {{ target_relation }} from {{ role }};
      grant select ({{ columns | join(', ') }}) on {{ target_relation }} to {{ role }}
    {%- endcall -%}
  {%- endfor -%}

  {%- if config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(target_relation, model.description)) -%}
  {%- endif -%}
  {#- dbt does not see the columns of a materialised view, so their comments are written here -#}
  {%- if config.persist_column_docs() -%}
    {%- for column in model.columns.values() if column.description -%}
      {%- do run_query(
            'comment on column ' ~ target_relation ~ '.' ~ adapter.quote(column.name)
            ~ " is '" ~ column.description | replace("'", "''") ~ "'"
          ) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
