"""Rejected rows, kept with their reason until they are mended and replayed or discarded."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UPGRADE = """
create table quarantine.rejected_row (
  rejected_id bigint generated always as identity primary key,
  batch_id bigint not null references source.load_batch,
  file_name text not null,
  line_number bigint not null,
  target_table text not null,
  reason_code varchar(50) not null,
  reason text not null,
  row_data jsonb not null,
  status varchar(20) not null default 'open' check (status in ('open', 'replayed', 'discarded')),
  rejected_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_batch_id bigint references source.load_batch,
  check ((status = 'open') = (resolved_at is null))
);
create index rejected_row_batch on quarantine.rejected_row (batch_id);
create index rejected_row_open on quarantine.rejected_row (target_table, reason_code) where status = 'open';
comment on table quarantine.rejected_row is 'Rows that were not loaded: file, line, reason and the row itself.';
"""

DOWNGRADE = """
drop table quarantine.rejected_row;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
