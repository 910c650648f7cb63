"""Monthly partitions: made ahead of every load, and a default partition that heals.

Bounds are instants in UTC whatever the session's time zone says. A month is made as a table of its
own, filled with the rows that waited in the default partition, and attached: attaching lets readers
of the other months go on, and fires no trigger a second time.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DESCRIBE = """
create function source.partition_layout(
  parent regclass, out key_column name, out key_type text, out schema_name name,
  out base_name text, out default_partition regclass, out owner_name name)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
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
  -- the default partition carries the documented base name, which may differ from the parent's
  select coalesce(
    (select regexp_replace(d.relname, '_default$', '') from pg_class as d where d.oid = default_partition),
    (select c.relname::text from pg_class as c where c.oid = parent))
  into base_name;
end
$$;

create function source.partition_bound(month date, key_type text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return to_char(month, 'YYYY-MM-DD') || case when key_type = 'date' then '' else ' 00:00:00+00' end;
"""

CREATE_TABLE = """
create function source.create_partition_table(parent regclass, partition_name text) returns regclass
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  layout record := source.partition_layout(parent);
begin
  if length(partition_name) > 63 then
    raise exception 'partition name % is longer than 63 characters', partition_name
      using hint = 'give the default partition of the table a shorter name';
  end if;
  execute format(
    'create table %I.%I (like %s including defaults including constraints including generated including storage)',
    layout.schema_name, partition_name, parent);
  if layout.owner_name <> current_user then
    execute format('alter table %I.%I owner to %I', layout.schema_name, partition_name, layout.owner_name);
  end if;
  return to_regclass(format('%I.%I', layout.schema_name, partition_name));
end
$$;

create function source.ensure_default_partition(parent regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  layout record := source.partition_layout(parent);
begin
  if layout.default_partition is null then
    execute format('alter table %s attach partition %s default', parent,
                   source.create_partition_table(parent, layout.base_name || '_default'));
  end if;
end
$$;
"""

MOVE_ROWS = """
create function source.move_default_rows(parent regclass, target regclass, lower_bound text, upper_bound text)
returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  layout record := source.partition_layout(parent);
  columns text;
  moved bigint;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum) into columns
  from pg_attribute
  where attrelid = parent and attnum > 0 and not attisdropped and attgenerated = '';
  -- the rows were inserted once already: moving them is no event for anyone's trigger
  execute format('alter table %s disable trigger user', layout.default_partition);
  execute format(
    'with moved as (delete from %1$s where %2$I >= %3$L and %2$I < %4$L returning %5$s) '
    'insert into %6$s (%5$s) select %5$s from moved',
    layout.default_partition, layout.key_column, lower_bound, upper_bound, columns, target);
  get diagnostics moved = row_count;
  execute format('alter table %s enable trigger user', layout.default_partition);
  return moved;
end
$$;

create function source.create_month_partition(parent regclass, month date) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  layout record := source.partition_layout(parent);
  partition_name text := layout.base_name || to_char(month, '"_y"YYYY"m"MM');
  lower_bound text := source.partition_bound(month, layout.key_type);
  upper_bound text := source.partition_bound((month + interval '1 month')::date, layout.key_type);
  target regclass := to_regclass(format('%I.%I', layout.schema_name, partition_name));
  has_waiting_rows boolean;
begin
  if exists (select from pg_inherits where inhparent = parent and inhrelid = target) then
    return false;
  elsif target is not null then
    raise exception 'table % exists and is not a partition of %', target, parent
      using errcode = 'duplicate_table', hint = 'rename or drop it, then repeat';
  end if;
  target := source.create_partition_table(parent, partition_name);
  execute format('select exists (select from %1$s where %2$I >= %3$L and %2$I < %4$L)',
                 layout.default_partition, layout.key_column, lower_bound, upper_bound)
  into has_waiting_rows;
  if has_waiting_rows then
    -- nobody may add a row of this month to the default partition between the move and the attach
    execute format('lock table %s in access exclusive mode', layout.default_partition);
    perform source.move_default_rows(parent, target, lower_bound, upper_bound);
  end if;
  execute format('alter table %s attach partition %s for values from (%L) to (%L)',
                 parent, target, lower_bound, upper_bound);
  return true;
end
$$;
"""

ENSURE = """
create function source.ensure_partitions(parent regclass, from_date date, to_date date) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set client_min_messages = 'warning'
as $$
declare
  layout record := source.partition_layout(parent);
  first_month date := date_trunc('month', from_date)::date;
  last_month date := date_trunc('month', to_date)::date;
  wanted integer;
  present integer;
  created integer := 0;
  month date;
begin
  if from_date is null or to_date is null or first_month > last_month or last_month - first_month > 36600 then
    raise exception 'cannot make monthly partitions of % from % to %', parent, from_date, to_date
      using errcode = 'invalid_parameter_value',
            hint = 'give two dates in order, at most a hundred years apart';
  end if;
  select count(*), count(i.inhrelid) into wanted, present
  from generate_series(first_month, last_month, interval '1 month') as m (first_day)
  left join pg_inherits as i
    on i.inhparent = parent
    and i.inhrelid = to_regclass(
      format('%I.%I', layout.schema_name, layout.base_name || to_char(m.first_day, '"_y"YYYY"m"MM')));
  if wanted = present and layout.default_partition is not null then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('bellwether.partitions.' || parent::oid, 0));
  perform source.ensure_default_partition(parent);
  for month in select generate_series(first_month, last_month, interval '1 month')::date loop
    created := created + source.create_month_partition(parent, month)::integer;
  end loop;
  return created;
end
$$;
comment on function source.ensure_partitions is
  'Monthly partitions of a table for every month from from_date to to_date (both included), bounds in UTC; '
  'moves rows of these months out of the default partition. Returns how many partitions were made.';

create function source.heal_default_partition(parent regclass) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set client_min_messages = 'warning'
as $$
declare
  layout record := source.partition_layout(parent);
  months date[];
  month date;
  created integer := 0;
begin
  if layout.default_partition is null then
    return 0;
  end if;
  -- read to its end first: a table that a query still reads cannot be altered
  execute format(
    'select array_agg(distinct date_trunc(''month'', %1$I)::date) from only %2$s where isfinite(%1$I)',
    layout.key_column, layout.default_partition)
  into months;
  foreach month in array coalesce(months, '{}') loop
    created := created + source.ensure_partitions(parent, month, month);
  end loop;
  return created;
end
$$;
comment on function source.heal_default_partition is
  'Makes the month of every row that waits in the default partition and moves the row there.';

create function ml.ensure_partitions(parent regclass, from_date date, to_date date) returns integer
language sql security definer set search_path = pg_catalog, pg_temp
return source.ensure_partitions(parent, from_date, to_date);
comment on function ml.ensure_partitions is 'source.ensure_partitions, for roles that see ml and not the raw schemas.';

grant execute on function source.partition_layout(regclass), source.partition_bound(date, text),
  source.ensure_partitions(regclass, date, date), source.heal_default_partition(regclass)
to bellwether_loader, bellwether_transformer;
grant execute on function ml.ensure_partitions(regclass, date, date) to bellwether_transformer, bellwether_model;
"""

MONITOR = """
create function monitoring.count_default_partition_rows()
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
                        'staging', 'intermediate', 'analytics', 'monitoring')
    order by 1
  loop
    parent := found_table.parent;
    default_partition := found_table.name;
    execute format('select count(*) from %s', found_table.name) into row_count;
    return next;
  end loop;
end
$$;
grant execute on function monitoring.count_default_partition_rows()
to bellwether_transformer, bellwether_model, bellwether_analyst, bellwether_manager;

create view monitoring.default_partition_rows as
select parent, default_partition, row_count
from monitoring.count_default_partition_rows();
comment on view monitoring.default_partition_rows is
  'Rows that no monthly partition took, per partitioned table. Every count must be 0: '
  'source.heal_default_partition(parent) mends it.';
"""

DOWNGRADE = """
drop view monitoring.default_partition_rows;
drop function monitoring.count_default_partition_rows();
drop function ml.ensure_partitions(regclass, date, date);
drop function source.heal_default_partition(regclass);
drop function source.ensure_partitions(regclass, date, date);
drop function source.create_month_partition(regclass, date);
drop function source.move_default_rows(regclass, regclass, text, text);
drop function source.ensure_default_partition(regclass);
drop function source.create_partition_table(regclass, text);
drop function source.partition_bound(date, text);
drop function source.partition_layout(regclass);
"""


def upgrade() -> None:
    """Create the partition functions and the monitor of default partitions."""
    for sql in (DESCRIBE, CREATE_TABLE, MOVE_ROWS, ENSURE, MONITOR):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop the functions; partitions stay with their tables."""
    execute_as_owner(DOWNGRADE)
