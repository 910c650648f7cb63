{#- Rows of each partitioned table that lie in its default partition: (parent, default partition) pairs. -#}
{% macro default_partition_counts(tables) -%}
  {%- for parent, default_partition in tables %}
select
  cast('{{ parent }}' as {{ dbt.type_string() }}) as relation,
  count(*) as default_row_count
from {{ default_partition }}
{{ "union all" if not loop.last }}
  {%- endfor %}
{%- endmacro %}
