"""Where loaded data came from: the company, its extra attributes, and the ledger of load batches."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE = """
create table source.load_batch (
  batch_id bigint generated always as identity primary key,
  package_name varchar(100) not null,
  company varchar(100) not null,
  file_name text not null,
  file_sha256 char(64) not null,
  target_table text not null,
  status varchar(20) not null check (status in ('running', 'loaded', 'refused', 'failed')),
  rows_read bigint not null default 0,
  rows_loaded bigint not null default 0,
  rows_unchanged bigint not null default 0,
  rows_quarantined bigint not null default 0,
  known_at timestamptz,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  error_message text
);
create index load_batch_file on source.load_batch (file_sha256, target_table);
comment on table source.load_batch is 'One row per file and attempt to load it.';
comment on column source.load_batch.known_at is
  'When the content of the file became known: the default for rows that do not say so themselves.';

create table source.load_month (
  batch_id bigint not null references source.load_batch,
  snapshot_month date not null check (extract(day from snapshot_month) = 1),
  rows_changed bigint not null,
  primary key (batch_id, snapshot_month)
);
comment on table source.load_month is 'Snapshot months that a batch changed: drives incremental builds.';

create table source.data_package (
  company varchar(100) not null,
  package_name varchar(100) primary key,
  business_timezone text not null,
  currency char(3) not null,
  is_simulated boolean not null default false,
  definition jsonb not null,
  loaded_at timestamptz not null default now()
);
comment on table source.data_package is 'The packages of the one company of this database.';

create table source.attribute (
  attribute_name varchar(63) primary key,
  data_type varchar(20) not null check (data_type in ('numeric', 'categorical', 'boolean')),
  unit varchar(30),
  label_en varchar(100) not null,
  label_ko varchar(50) not null,
  direction smallint check (direction between -1 and 1),
  description text not null,
  is_feature boolean not null default true,
  package_name varchar(100) not null
);
comment on table source.attribute is 'Extra attributes that a package brings into crm.customer.attributes.';
"""

DOWNGRADE = """
drop table source.attribute, source.data_package, source.load_month, source.load_batch;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
