{#- A number for a row, made of its key: the same in every build. 63 bits; a million rows share one with a chance of one
    in ten million, and a unique test would say so. -#}
{% macro hash_key(columns) -%}
  {{ return(adapter.dispatch('hash_key')(columns)) }}
{%- endmacro %}

{% macro default__hash_key(columns) -%}
  (cast(cast('x' || substr(md5({% for column in columns %}cast({{ column }} as text){{ " || '|' || " if not loop.last }}{% endfor %}), 1, 16) as bit(64)) as bigint) & 9223372036854775807)
{%- endmacro %}

{% macro spark__hash_key(columns) -%}
  (xxhash64({{ columns | join(", '|', ") }}) & 9223372036854775807)
{%- endmacro %}
