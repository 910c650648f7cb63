{#- An index for searching inside texts, where the engine has one: trigrams, if the server has the extension. -#}
{% macro text_search_index(relation, column) -%}
  {{ return(adapter.dispatch('text_search_index')(relation, column)) }}
{%- endmacro %}

{% macro default__text_search_index(relation, column) -%}
  do $$
  begin
    if
      exists (select from pg_extension where extname = 'pg_trgm')
      and to_regclass('{{ relation.schema }}.idx_{{ relation.identifier }}_trigram') is null
    then
      create index idx_{{ relation.identifier }}_trigram on {{ relation }} using gin ({{ column }} public.gin_trgm_ops);
    end if;
  end
  $$
{%- endmacro %}

{% macro spark__text_search_index(relation, column) -%}
  select 1
{%- endmacro %}
