{#- A personal value for readers with the manager role, a mask for everyone else. The view's reader is asked, not its
    owner: current_user inside a view is who queries it. `kind` says what of the value may show: a name its first
    letter, an e-mail address its domain, a phone number its last four digits. -#}
{% macro mask_unless_permitted(column, kind) -%}
  {{ return(adapter.dispatch('mask_unless_permitted')(column, kind)) }}
{%- endmacro %}

{% macro default__mask_unless_permitted(column, kind) -%}
  {%- set masks = {
      'name': "substr(" ~ column ~ ", 1, 1) || '**'",
      'email': "'***@' || split_part(" ~ column ~ ", '@', 2)",
      'phone': "'***-' || right(" ~ column ~ ", 4)",
  } -%}
  {%- if kind not in masks -%}
    {{ exceptions.raise_compiler_error("mask_unless_permitted knows " ~ (masks | list | join(', ')) ~ ", not " ~ kind ~ " (column " ~ column ~ ")") }}
  {%- endif -%}
  case when {{ may_see_personal_data() }} then {{ column }} else {{ masks[kind] }} end
{%- endmacro %}

{% macro may_see_personal_data() -%}
  {{ return(adapter.dispatch('may_see_personal_data')()) }}
{%- endmacro %}

{% macro default__may_see_personal_data() -%}
  pg_has_role(current_user, 'bellwether_manager', 'usage')
{%- endmacro %}

{% macro spark__may_see_personal_data() -%}
  is_account_group_member('bellwether_manager')
{%- endmacro %}
