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

{#- A new table has no month, whatever was remembered of the one before. -#}
{% macro monthly_forget(relation) -%}
  {%- call statement('forget') -%}
    delete from monitoring.build_ledger where step = '{{ monthly_step(relation) }}'
  {%- endcall -%}
{%- endmacro %}
