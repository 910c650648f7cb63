"""Every alert has a key, and every database an identity: what the file of alerts is kept by.

Numbers of alerts begin anew in a database made anew, and a restored one gives them a second time.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UPGRADE = """
create table ml.database_identity (
  is_only_row boolean primary key default true check (is_only_row),
  drawn uuid not null default gen_random_uuid()
);
insert into ml.database_identity default values;
comment on table ml.database_identity is
  'A random number drawn when the table was made; a database made anew draws another.';

update ml.alert set deduplication_key = gen_random_uuid()::text where deduplication_key is null;
alter table ml.alert
  alter column deduplication_key set default gen_random_uuid()::text,
  alter column deduplication_key set not null;
"""

DOWNGRADE = """
alter table ml.alert
  alter column deduplication_key drop not null,
  alter column deduplication_key drop default;
drop table ml.database_identity;
"""


def upgrade() -> None:
    """Draw the identity and give every alert a key."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Take both back; keys that alerts were given stay."""
    execute_as_owner(DOWNGRADE)
