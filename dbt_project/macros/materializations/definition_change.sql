{#- What it takes to make an existing view say what `sql` says: 'keep' where it does already, 'replace' where the old
    columns stay in place with their types, otherwise 'recreate'. PostgreSQL's own text of both is compared, because
    it stores the parsed query and not our spelling. -#}
{% macro definition_change(relation, sql) %}
  {%- set candidate = 'candidate_' ~ local_md5(relation | string)[:16] -%}
  {%- do run_query('create or replace temporary view ' ~ candidate ~ ' as ' ~ sql) -%}
  {%- set comparison -%}
    select
      case
        when pg_get_viewdef(new_view.oid) = pg_get_viewdef(old_view.oid) then 'keep'
        when exists (
          select 1
          from pg_attribute as old_column
          left join pg_attribute as new_column
            on
              new_column.attrelid = new_view.oid
              and new_column.attnum = old_column.attnum
              and new_column.attname = old_column.attname
              and new_column.atttypid = old_column.atttypid
              and new_column.atttypmod = old_column.atttypmod
              and new_column.attcollation = old_column.attcollation
          where
            old_column.attrelid = old_view.oid
            and old_column.attnum > 0
            and new_column.attnum is null
        ) then 'recreate'
        else 'replace'
      end
    from pg_class as new_view
    cross join pg_class as old_view
    where
      new_view.oid = 'pg_temp.{{ candidate }}'::regclass
      and old_view.oid = '{{ relation }}'::regclass
  {%- endset -%}
  {%- set answer = run_query(comparison) -%}
  {%- do run_query('drop view pg_temp.' ~ candidate) -%}
  {{ return(answer.rows[0][0]) }}
{% endmacro %}
