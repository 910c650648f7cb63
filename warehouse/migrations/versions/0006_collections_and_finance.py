"""Invoices and ledger entries, as narrow as the features need them today."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UPGRADE = """
create table collections.payment_records (
  id uuid primary key default gen_random_uuid(),
  invoice_number varchar(50) not null,
  customer_code varchar(50) not null,
  amount numeric(18, 2) not null,
  currency char(3) not null,
  issued_date date not null,
  due_date date not null,
  paid_date date,
  status varchar(20) not null check (status in ('pending', 'overdue', 'paid', 'partial', 'cancelled')),
  known_at timestamptz not null,
  content_hash char(32) not null,
  batch_id bigint not null,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  unique (invoice_number, known_at)
);
create index payment_records_customer on collections.payment_records (customer_code, issued_date);
comment on table collections.payment_records is
  'Versions of invoices: a payment is later knowledge of the same invoice.';

create table finance.timeseries_data (
  id uuid primary key default gen_random_uuid(),
  entry_code varchar(80) not null,
  "timestamp" timestamptz not null,
  value numeric(18, 2) not null,
  category varchar(20) not null check (category in ('revenue', 'expense', 'cash_flow')),
  metadata jsonb not null default '{}',
  known_at timestamptz not null,
  content_hash char(32) not null,
  batch_id bigint not null,
  created_at timestamptz default now(),
  unique (entry_code, known_at)
);
comment on table finance.timeseries_data is 'Ledger entries by category.';
"""

DOWNGRADE = """
drop table finance.timeseries_data, collections.payment_records;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
