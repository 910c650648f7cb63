"""The audit trail: rows that are only ever added, and seals of blocks of rows.

A hash that each row takes from the row before would make every writer wait for the one before it. So rows are written
without a hash, and a seal takes the committed rows later, in blocks. Which rows a block holds is written down as ranges
of ids, because ids do not commit in order: a row that was not committed yet leaves a gap, and a later block takes it.
Being absent from every block is the only condition, so no row is skipped forever, and a restored database, whose
transaction ids begin again, is sealed as before. A row with an id that a block has passed is late only if its
transaction was running when that block was sealed. Otherwise the row was inserted afterwards: it is never sealed, and
verification names it.

There is no setting that allows changes: erasure needs a revision of its own.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = """
create sequence collections.audit_logs_id_seq;
create table collections.audit_logs (
  id bigint not null default nextval('collections.audit_logs_id_seq') check (id > 0),
  created_at timestamptz not null default clock_timestamp() check (isfinite(created_at)),
  entity_type text not null,
  entity_id text not null,
  action text not null,
  actor_type text not null,
  actor_id text,
  changes jsonb not null default '{}',
  recorded_by text not null default session_user,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (id, created_at)
) partition by range (created_at);
alter sequence collections.audit_logs_id_seq owned by collections.audit_logs.id;
create index idx_audit_logs_entity on collections.audit_logs (entity_type, entity_id);
create index idx_audit_logs_created_at on collections.audit_logs (created_at);
comment on table collections.audit_logs is
  'Audit trail: who did what to which entity. Rows are only added, by collections.log_audit_event.';
comment on column collections.audit_logs.recorded_by is 'Login that the row was written with.';
comment on column collections.audit_logs.transaction_id is
  'Transaction that wrote the row: states whether it was running when a block was sealed.';

create table collections.audit_seals (
  block bigint primary key check (block > 0),
  first_id bigint not null,
  last_id bigint not null,
  row_count bigint not null check (row_count > 0),
  ids int8multirange not null,
  row_digests bytea[] not null,
  snapshot pg_snapshot not null,
  digest bytea not null,
  sealed_at timestamptz not null
);
comment on table collections.audit_seals is 'Blocks of the audit trail: which rows a block holds, and their digest.';
comment on column collections.audit_seals.ids is 'Ids of the rows of the block, as ranges.';
comment on column collections.audit_seals.row_digests is 'SHA-256 of each row, in the order of ids.';
comment on column collections.audit_seals.snapshot is 'Transactions that had committed when the block was sealed.';
comment on column collections.audit_seals.digest is
  'SHA-256 of the digest of the block before, number, ids, snapshot, time and digests of the rows.';
"""

PROTECT = """
create function collections.refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'rows of %.% are only added: % is refused', tg_table_schema, tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege',
          hint = 'write another event with collections.log_audit_event';
end
$$;

-- Default privileges let the loader update every table of the schema, each new partition too.
create function collections.protect_audit_table(relation regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('revoke all on %s from public, bellwether_loader, bellwether_transformer, bellwether_model, '
                 'bellwether_analyst, bellwether_manager', relation);
  execute format('grant select on %s to bellwether_loader, bellwether_transformer', relation);
  -- PostgreSQL gives a partition the row triggers of its parent, not those of statements
  execute format('create trigger audit_rows_are_not_truncated before truncate on %s '
                 'for each statement execute function collections.refuse_audit_change()', relation);
end
$$;

create trigger audit_rows_are_not_changed before update or delete on collections.audit_logs
for each row execute function collections.refuse_audit_change();
create trigger audit_seals_are_not_changed before update or delete on collections.audit_seals
for each row execute function collections.refuse_audit_change();
select collections.protect_audit_table('collections.audit_logs');
select collections.protect_audit_table('collections.audit_seals');
revoke all on sequence collections.audit_logs_id_seq from bellwether_loader;
-- reading alone; a dump keeps rights only where they differ from those that PostgreSQL gives by itself
grant select on sequence collections.audit_logs_id_seq to bellwether_loader;
"""

# The body of revision 0002, with one more statement for partitions of the audit trail.
CREATE_PARTITION = """
create or replace function source.create_partition_table(parent regclass, partition_name text) returns regclass
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
<protection>  return to_regclass(format('%I.%I', layout.schema_name, partition_name));
end
$$;
"""
PROTECTION = """\
  if parent = to_regclass('collections.audit_logs') then
    perform collections.protect_audit_table(to_regclass(format('%I.%I', layout.schema_name, partition_name)));
  end if;
"""

PARTITIONS = """
select source.ensure_partitions('collections.audit_logs', (now() at time zone 'UTC')::date,
                                (now() at time zone 'UTC' + interval '1 month')::date);
"""

# The number of a row is not part of its digest: the block states it, so rows that changed places are recognised.
DIGESTS = """
create function collections.audit_row_digest(log collections.audit_logs) returns bytea
language sql stable
return sha256(convert_to(jsonb_build_array(
  (extract(epoch from (log).created_at) * 1000000)::bigint, (log).entity_type, (log).entity_id, (log).action,
  (log).actor_type, (log).actor_id, (log).changes, (log).recorded_by, (log).transaction_id::text)::text, 'UTF8'));
comment on function collections.audit_row_digest is
  'SHA-256 of a row as a JSON array in UTF-8, with the time in microseconds since 1970: no setting changes it.';

create function collections.audit_block_digest(
  previous bytea, block bigint, ids int8multirange, snapshot pg_snapshot, sealed_at timestamptz, row_digests bytea[])
returns bytea language sql stable
return sha256(
  coalesce(previous, '')
  || convert_to(jsonb_build_array(
       block, ids::text, snapshot::text, (extract(epoch from sealed_at) * 1000000)::bigint)::text, 'UTF8')
  || (select string_agg(one.digest, '' order by one.place)
      from unnest(row_digests) with ordinality as one (digest, place)));

create function collections.is_late_audit_row(row_id bigint, row_transaction xid8) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select not pg_visible_in_snapshot(row_transaction, seal.snapshot)
    and row_transaction < pg_snapshot_xmax(seal.snapshot)
  from collections.audit_seals as seal
  where seal.last_id >= row_id
  order by seal.block
  limit 1;
end;
comment on function collections.is_late_audit_row is
  'Whether the transaction of a row that no block holds was running when the first block beyond its id was sealed.';

create function collections.audit_gaps() returns setof int8range
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select unnest(int8multirange(int8range(1, max(last_id), '[]')) - range_agg(ids))
  from collections.audit_seals
  having count(*) > 0;
end;
comment on function collections.audit_gaps is 'Ids up to the last sealed one that no block holds.';
"""

CALLS = """
create function collections.log_audit_event(
  entity_type text, entity_id text, action text, actor_type text, actor_id text, changes jsonb default '{}')
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set row_security = off
as $$
declare
  -- before the id: a row whose id was drawn has a transaction that every later snapshot knows to be running
  writing xid8 := pg_current_xact_id();
  new_id bigint := nextval('collections.audit_logs_id_seq');
begin
  insert into collections.audit_logs
    (id, entity_type, entity_id, action, actor_type, actor_id, changes, recorded_by, transaction_id)
  values (new_id, $1, $2, $3, $4, $5, coalesce($6, '{}'), session_user, writing);
  return new_id;
end
$$;
comment on function collections.log_audit_event is 'Documented function: writes one audit event and returns its id.';

create function collections.seal_audit_rows(max_rows integer default 10000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set row_security = off
as $$
declare
  previous collections.audit_seals;
  highest bigint;
  now_sealed timestamptz := clock_timestamp();
  new_block bigint;
begin
  if max_rows is null or max_rows < 1 then
    raise exception 'a block has at least one row' using errcode = 'invalid_parameter_value';
  end if;
  -- seals wait for each other; no writer takes this lock, and reading takes none that a writer waits for
  perform pg_advisory_xact_lock(hashtextextended('bellwether.audit_seals', 0));
  select * into previous from collections.audit_seals order by block desc limit 1;
  select coalesce(max(last_id), 0) into highest from collections.audit_seals;
  -- lowest ids first: every committed row up to the last id of a block is then in this or an earlier block
  with unsealed as (
    (select late.id, late.created_at, late.digest
     from collections.audit_gaps() as gap
     -- the limit in the subquery makes each gap one search of the index; a join would read every row
     cross join lateral (
       select log.id, log.created_at, collections.audit_row_digest(log) as digest
       from collections.audit_logs as log
       where log.id >= lower(gap) and log.id < upper(gap)
         and collections.is_late_audit_row(log.id, log.transaction_id)
       order by log.id limit max_rows
     ) as late
     order by late.id limit max_rows)
    union all
    (select log.id, log.created_at, collections.audit_row_digest(log)
     from collections.audit_logs as log where log.id > highest
     order by log.id limit max_rows)
  ), chosen as (
    select distinct on (id) id, digest from unsealed order by id, created_at limit max_rows
  ), taken as (
    select min(id) as first_id, max(id) as last_id, count(*) as row_count,
      range_agg(int8range(id, id, '[]')) as ids, array_agg(digest order by id) as row_digests,
      pg_current_snapshot() as snapshot
    from chosen
    having count(*) > 0
  )
  insert into collections.audit_seals
    (block, first_id, last_id, row_count, ids, row_digests, snapshot, digest, sealed_at)
  select coalesce(previous.block, 0) + 1, first_id, last_id, row_count, ids, row_digests, snapshot,
    collections.audit_block_digest(
      previous.digest, coalesce(previous.block, 0) + 1, ids, snapshot, now_sealed, row_digests),
    now_sealed
  from taken
  returning block into new_block;
  return new_block;
end
$$;
comment on function collections.seal_audit_rows is
  'Seals up to max_rows committed rows that no block holds; returns the number of the block, NULL without such rows.';

grant usage on schema collections to bellwether_model;
grant execute on function collections.log_audit_event(text, text, text, text, text, jsonb)
to bellwether_loader, bellwether_transformer, bellwether_model;
grant execute on function collections.seal_audit_rows(integer) to bellwether_loader;
grant execute on function collections.audit_row_digest(collections.audit_logs), collections.audit_gaps(),
  collections.audit_block_digest(bytea, bigint, int8multirange, pg_snapshot, timestamptz, bytea[]),
  collections.is_late_audit_row(bigint, xid8)
to bellwether_loader, bellwether_transformer;
"""

DROP_CALLS = """
revoke usage on schema collections from bellwether_model;
drop function collections.seal_audit_rows(integer);
drop function collections.log_audit_event(text, text, text, text, text, jsonb);
drop function collections.audit_gaps();
drop function collections.is_late_audit_row(bigint, xid8);
drop function collections.audit_block_digest(bytea, bigint, int8multirange, pg_snapshot, timestamptz, bytea[]);
drop function collections.audit_row_digest(collections.audit_logs);
"""
DROP_TABLES = """
drop table collections.audit_seals;
drop table collections.audit_logs;
drop function collections.protect_audit_table(regclass);
drop function collections.refuse_audit_change();
"""


def upgrade() -> None:
    """Create the audit trail, its seals and the functions that write them."""
    for sql in (TABLES, PROTECT, CREATE_PARTITION.replace("<protection>", PROTECTION), PARTITIONS, DIGESTS, CALLS):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop the audit trail with its rows and seals."""
    execute_as_owner(DROP_CALLS)
    execute_as_owner(CREATE_PARTITION.replace("<protection>", ""))
    execute_as_owner(DROP_TABLES)
