{#- monitoring.build_ledger remembers, in the month's own transaction, what the month was built from. -#}
{% macro monthly_step(relation) -%}
  {{ return((relation.schema ~ '.' ~ relation.identifier)[:63]) }}
{%- endmacro %}

{% macro monthly_remember(relation, month, input_hash) -%}
  insert into monitoring.build_ledger (step, partition_key, input_hash, run_id)
  values ('{{ monthly_step(relation) }}', '{{ month }}', '{{ input_hash }}', '{{ invocation_id }}')
  on conflict (step, partition_key) do update
  set input_hash = excluded.input_hash, built_at = now(), run_id = excluded.run_id;
{%- endmacro %}

{#- A new table has no month, whatever was remembered of the one before; one that another run has just made keeps its
    months. -#}
{% macro monthly_forget(relation) -%}
  delete from monitoring.build_ledger
  where step = '{{ monthly_step(relation) }}' and to_regclass('{{ relation.schema }}.{{ relation.identifier }}') is null;
{%- endmacro %}
