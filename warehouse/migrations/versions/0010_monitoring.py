"""What the checks found, and what has been built from which input."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UPGRADE = """
create table monitoring.check_result (
  check_result_id bigint generated always as identity primary key,
  layer varchar(20) not null,
  relation text not null,
  check_name text not null,
  tool varchar(20) not null check (tool in ('dbt', 'great_expectations', 'dagster', 'dataframe')),
  partition_key text,
  is_blocking boolean not null,
  passed boolean not null,
  severity varchar(10) not null check (severity in ('warn', 'error')),
  rows_checked bigint,
  rows_failed bigint,
  details jsonb not null default '{}',
  run_id varchar(64),
  checked_at timestamptz not null default now()
);
create index check_result_latest
on monitoring.check_result (relation, tool, check_name, partition_key, check_result_id desc);
comment on table monitoring.check_result is
  'Every result of every check; the latest one per check and partition counts.';

create table monitoring.check_failure (
  check_result_id bigint not null references monitoring.check_result on delete cascade,
  row_key jsonb not null,
  reason text not null
);
create index check_failure_result on monitoring.check_failure (check_result_id);
comment on table monitoring.check_failure is 'Every bad row a check found, by its key.';

create table monitoring.build_ledger (
  step varchar(63) not null,
  partition_key text not null default 'all',
  input_hash char(64) not null,
  built_at timestamptz not null default now(),
  run_id varchar(64),
  primary key (step, partition_key)
);
grant update, delete on monitoring.build_ledger to bellwether_transformer;
comment on table monitoring.build_ledger is
  'What has been built from which input: what has not changed is not built again.';
"""

DOWNGRADE = """
drop table monitoring.build_ledger, monitoring.check_failure, monitoring.check_result;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
