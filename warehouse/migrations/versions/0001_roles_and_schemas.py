"""Roles, schemas, extensions, and who may do what in each schema from now on.

Roles belong to the whole server, schemas to one database: several companies' databases share the
roles, so making them tolerates that they exist, and dropping them that another database needs them.
Grants are default privileges: what a later revision or dbt creates is covered without a line there.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_login

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = (
    "bellwether_owner",
    "bellwether_loader",
    "bellwether_transformer",
    "bellwether_model",
    "bellwether_analyst",
    "bellwether_manager",
)

# A role made by a process that migrates another database at the same moment is as good as our own.
CREATE_ROLE = """
do $$
begin
  if to_regrole('{role}') is null then
    create role {role} nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;
"""

# Superusers may set any role; others must be members. A role someone else made needs that person's grant.
JOIN_ROLE = """
do $$
begin
  if not pg_has_role(current_user, '{role}', 'usage') or not pg_has_role(current_user, '{role}', 'member') then
    grant {role} to current_user;
  end if;
exception
  when unique_violation then null;
  when insufficient_privilege then
    raise exception 'user % may not act as {role}, which exists on this server already', current_user
      using errcode = 'insufficient_privilege',
            hint = format('a superuser, or whoever created the role, mends this: grant {role} to %I with admin option;',
                          current_user);
end
$$;
"""

# The owner of partitions functions must be able to attach partitions to tables that dbt made.
OWNER_ACTS_FOR_TRANSFORMER = """
do $$
begin
  if not pg_has_role('bellwether_owner', 'bellwether_transformer', 'usage') then
    grant bellwether_transformer to bellwether_owner;
  end if;
exception
  when unique_violation then null;
end
$$;
"""

SCHEMAS = """
create schema crm authorization bellwether_owner;
create schema source authorization bellwether_owner;
create schema collections authorization bellwether_owner;
create schema finance authorization bellwether_owner;
create schema quarantine authorization bellwether_owner;
create schema ml authorization bellwether_owner;
create schema monitoring authorization bellwether_owner;
create schema staging authorization bellwether_transformer;
create schema intermediate authorization bellwether_transformer;
create schema analytics authorization bellwether_transformer;
"""

# btree_gist: the exclusion constraint on deployments needs it. pg_trgm: text search, where the server has it.
EXTENSIONS = """
create extension if not exists btree_gist with schema public;
do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_trgm') then
    create extension if not exists pg_trgm with schema public;
  end if;
end
$$;
"""

OWNER_GRANTS = """
set local role bellwether_owner;

grant usage on schema crm, source, collections, finance, quarantine to bellwether_loader;
alter default privileges in schema crm, source, collections, finance, quarantine
  grant select, insert, update on tables to bellwether_loader;
alter default privileges in schema crm, source, collections, finance, quarantine
  grant usage on sequences to bellwether_loader;

grant usage on schema crm, source, collections, finance, quarantine, ml to bellwether_transformer;
alter default privileges in schema crm, source, collections, finance, quarantine, ml
  grant select on tables to bellwether_transformer;
grant usage, create on schema monitoring to bellwether_transformer;
alter default privileges in schema monitoring
  grant select, insert on tables to bellwether_transformer;

grant usage on schema ml, monitoring to bellwether_model;
alter default privileges in schema ml, monitoring
  grant select, insert, update, delete on tables to bellwether_model;
alter default privileges in schema ml, monitoring
  grant usage on sequences to bellwether_model;

grant usage on schema monitoring to bellwether_analyst, bellwether_manager;
alter default privileges in schema monitoring
  grant select on tables to bellwether_analyst, bellwether_manager;

-- functions run with the rights of their owner here: nobody calls one that was not granted
alter default privileges revoke execute on functions from public;
reset role;
"""

TRANSFORMER_GRANTS = """
set local role bellwether_transformer;

grant usage on schema staging, intermediate, analytics to bellwether_model;
alter default privileges in schema staging, intermediate, analytics, monitoring
  grant select on tables to bellwether_model;

grant usage on schema analytics to bellwether_analyst, bellwether_manager;
alter default privileges in schema analytics, monitoring
  grant select on tables to bellwether_analyst, bellwether_manager;
reset role;
"""

DROP_SCHEMAS = """
drop schema if exists
  analytics, intermediate, staging, monitoring, ml, quarantine, finance, collections, source, crm cascade;
drop extension if exists pg_trgm;
drop extension if exists btree_gist;
"""

# `drop owned` clears grants and default privileges in this database; a role that another database
# still depends on stays.
DROP_ROLE = """
do $$
begin
  if to_regrole('{role}') is not null then
    drop owned by {role};
    drop role {role};
  end if;
exception
  when dependent_objects_still_exist then
    raise notice 'role {role} stays: another database needs it';
end
$$;
"""


def upgrade() -> None:
    """Create roles, schemas and extensions, and say who may do what."""
    for role in ROLES:
        execute_as_login(CREATE_ROLE.format(role=role))
    for role in ROLES:
        execute_as_login(JOIN_ROLE.format(role=role))
    for sql in (OWNER_ACTS_FOR_TRANSFORMER, SCHEMAS, EXTENSIONS, OWNER_GRANTS, TRANSFORMER_GRANTS):
        execute_as_login(sql)


def downgrade() -> None:
    """Drop the schemas with all they hold, and each role that no other database needs."""
    execute_as_login(DROP_SCHEMAS)
    for role in ROLES:
        execute_as_login(DROP_ROLE.format(role=role))
