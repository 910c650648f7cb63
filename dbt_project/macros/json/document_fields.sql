{#- What is read of each list in a snapshot's documents: {list: fields}; once, for staging and for the windows alike. A whole
    number is read as float8: a document may write 2 as 2.0, which no integer is read from. -#}
{% macro document_fields(kind) -%}
  {%- set fields = {
      'contract': [
        ['contract_id', 'text'],
        ['contract_code', 'text'],
        ['contract_name', 'text'],
        ['started_on', 'date'],
        ['ended_on', 'date'],
        ['monthly_fee', 'numeric'],
        ['status', 'text'],
        ['end_reason', 'text'],
      ],
      'purchase': [
        ['purchase_id', 'text'],
        ['product_code', 'text'],
        ['product_name', 'text'],
        ['purchased_at', 'timestamptz'],
        ['quantity', 'numeric'],
        ['amount', 'numeric'],
      ],
      'work': [
        ['work_id', 'text'],
        ['work_type', 'text'],
        ['scheduled_at', 'timestamptz'],
        ['status', 'text'],
        ['services', 'float8'],
      ],
      'survey': [['surveyed_at', 'timestamptz'], ['score', 'float8']],
      'interaction': [
        ['interaction_id', 'text'],
        ['occurred_at', 'timestamptz'],
        ['channel', 'text'],
        ['is_voc', 'boolean'],
      ],
  } -%}
  {{ return(fields[kind]) }}
{%- endmacro %}
