"""Functions that run as their owner run nothing of their caller's.

A policy, trigger, default or check of a table runs code with the rights of whoever uses the table. So the functions
on partitions take tables of our own schemas only, that the owner or the transformer owns; what the transformer owns
must bring no code along. No function that runs as its owner is filtered by policies: it fails instead.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Every function with `security definer` there is.
FUNCTIONS = (
    "source.ensure_partitions(regclass, date, date)",
    "source.heal_default_partition(regclass)",
    "ml.ensure_partitions(regclass, date, date)",
    "ml.create_risk_history_partition()",
    "ml.update_customer_risk()",
    "ml.add_prediction_keys()",
    "ml.remove_prediction_keys()",
    "ml.erase_prediction(text)",
    "monitoring.count_default_partition_rows()",
)

IS_OURS = """
create function source.is_warehouse_table(relation regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.oid = relation
      and c.relpersistence <> 't'
      and n.nspname in ('crm', 'source', 'collections', 'finance', 'quarantine', 'ml',
                        'staging', 'intermediate', 'analytics', 'monitoring')
      and (
        c.relowner = 'bellwether_owner'::regrole
        or (
          c.relowner = 'bellwether_transformer'::regrole
          and not c.relrowsecurity
          and not exists (select from pg_trigger as t where t.tgrelid = c.oid and not t.tgisinternal)
          and not exists (select from pg_rewrite as r where r.ev_class = c.oid)
          -- functions of PostgreSQL itself leave no dependency: these are functions that somebody made
          and not exists (
            select from pg_depend as d
            where d.refclassid = 'pg_proc'::regclass
              and (
                d.classid = 'pg_attrdef'::regclass
                and d.objid in (select a.oid from pg_attrdef as a where a.adrelid = c.oid)
                or d.classid = 'pg_constraint'::regclass
                and d.objid in (select k.oid from pg_constraint as k where k.conrelid = c.oid)
              )
          )
        )
      )
  )
$$;
comment on function source.is_warehouse_table is
  'Whether a table is in a schema of the warehouse, owned by one of its roles, and brings no code of others along.';
grant execute on function source.is_warehouse_table(regclass) to bellwether_loader, bellwether_transformer;
"""

LAYOUT_HEAD = """
create or replace function source.partition_layout(
  parent regclass, out key_column name, out key_type text, out schema_name name,
  out base_name text, out default_partition regclass, out owner_name name)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
"""

REFUSE_PARENT = """
  if not source.is_warehouse_table(parent) then
    raise exception '% is no table of the warehouse', parent
      using errcode = 'insufficient_privilege',
            hint = 'it must be in a schema of the warehouse, owned by bellwether_owner or bellwether_transformer, '
                   'without triggers, policies and functions of others';
  end if;
"""

LAYOUT = """
  select a.attname, format_type(a.atttypid, null), n.nspname,
    nullif(p.partdefid, 0)::regclass, pg_get_userbyid(c.relowner)
  into key_column, key_type, schema_name, default_partition, owner_name
  from pg_partitioned_table as p
  join pg_class as c on c.oid = p.partrelid
  join pg_namespace as n on n.oid = c.relnamespace
  join pg_attribute as a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  where p.partrelid = parent and p.partstrat = 'r' and p.partnatts = 1;
  if not found or key_type not in ('date', 'timestamp with time zone') then
    raise exception '% is not partitioned by range of one date or timestamptz column', parent
      using errcode = 'wrong_object_type',
            hint = 'create it with: partition by range (<date or timestamptz column>)';
  end if;
"""

REFUSE_DEFAULT_PARTITION = """
  if default_partition is not null and not source.is_warehouse_table(default_partition) then
    raise exception '% is no table of the warehouse', default_partition
      using errcode = 'insufficient_privilege', hint = 'detach it from its table, or make it anew';
  end if;
"""

LAYOUT_TAIL = """
  -- the default partition carries the documented base name, which may differ from the parent's
  select coalesce(
    (select regexp_replace(d.relname, '_default$', '') from pg_class as d where d.oid = default_partition),
    (select c.relname::text from pg_class as c where c.oid = parent))
  into base_name;
end
$$;
"""

COUNT = """
create or replace function monitoring.count_default_partition_rows()
returns table (parent text, default_partition text, row_count bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  found_table record;
begin
  for found_table in
    select p.partrelid::regclass::text as parent, p.partdefid::regclass::text as name
    from pg_partitioned_table as p
    join pg_class as c on c.oid = p.partrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where p.partdefid <> 0
      and n.nspname in ('crm', 'source', 'collections', 'finance', 'ml',
                        'staging', 'intermediate', 'analytics', 'monitoring'){condition}
    order by 1
  loop
    parent := found_table.parent;
    default_partition := found_table.name;
    execute format('select count(*) from %s', found_table.name) into row_count;
    return next;
  end loop;
end
$$;
"""

CONDITION = """
      and source.is_warehouse_table(p.partrelid) and source.is_warehouse_table(p.partdefid)"""


def upgrade() -> None:
    """Take our own tables only, and run without policies."""
    execute_as_owner(IS_OURS)
    execute_as_owner(LAYOUT_HEAD + REFUSE_PARENT + LAYOUT + REFUSE_DEFAULT_PARTITION + LAYOUT_TAIL)
    execute_as_owner(COUNT.format(condition=CONDITION))
    execute_as_owner("".join(f"alter function {function} set row_security = off;\n" for function in FUNCTIONS))


def downgrade() -> None:
    """Take any table again, as before."""
    execute_as_owner("".join(f"alter function {function} reset row_security;\n" for function in FUNCTIONS))
    execute_as_owner(COUNT.format(condition=""))
    execute_as_owner(LAYOUT_HEAD.rstrip("\n") + LAYOUT + LAYOUT_TAIL.removeprefix("\n"))
    execute_as_owner("drop function source.is_warehouse_table(regclass)")
