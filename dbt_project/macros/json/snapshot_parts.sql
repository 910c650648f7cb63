{#- The rows that a list inside each snapshot's document holds, beside the snapshot they were handed over with; of events
    those of the snapshot's past only, with the starts of the windows. To be selected from `snapshot`.

    document: column of the snapshot. path: key of the list, none where the document is the list. alias: what one row is.
    fields: list of [name, type]. happened_at: field that says when an event happened; none where the rows are no events.
    casts: {field: type} of what leaves as another type than it is read as. -#}
{% macro snapshot_parts(document, path, alias, fields, happened_at=none, casts={}) -%}
  {%- set windows = ['as_of_at', 'from_30d_at', 'from_60d_at', 'from_90d_at', 'from_365d_at'] if happened_at else [] -%}
  select
  {%- for column in ['customer_code', 'snapshot_month', 'as_of_date'] + windows %}
    snapshot.{{ column }},
  {%- endfor %}
  {%- for name, type in fields %}
    {% if name in casts -%}
    cast({{ alias }}.{{ name }} as {{ casts[name] }}) as {{ name }}
    {%- else -%}
    {{ alias }}.{{ name }}
    {%- endif %}{{ "," if not loop.last }}
  {%- endfor %}
  from snapshot
  {{ document_rows('snapshot.' ~ document, path, alias, fields) }}
  {%- if happened_at %}
  where {{ alias }}.{{ happened_at }} < snapshot.as_of_at
  {%- endif %}
{%- endmacro %}
