"""Quotes from unmasked messages are removed, and the versions that learned from them are withdrawn.

Classifications stay: category, complaint and confidence hold no words. The next run trains a version on masked texts,
which classifies and quotes every message again. Downgrading brings back neither the quotes nor the versions.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WITHDRAWAL = """
alter table ml.model_version
  add column withdrawal_reason text check (trim(withdrawal_reason) <> ''),
  add constraint withdrawn_versions_never_serve check (not is_active or withdrawal_reason is null);
comment on column ml.model_version.withdrawal_reason is
  'Why the version may never serve again, nor its bundle and card be kept; NULL where it may.';
"""

# The vocabulary of these versions, and the examples on their cards, hold what the mask strikes out.
WITHDRAW = """
update ml.model_version
set is_active = false, withdrawal_reason = 'it was trained on unmasked messages'
where model_name = 'voc';
with ended as (
  update ml.model_deployment
  set valid_during = tstzrange(
    lower(valid_during), greatest(clock_timestamp(), lower(valid_during) + interval '1 microsecond')
  )
  where model_name = 'voc' and stage <> 'archived' and upper_inf(valid_during)
  returning version, upper(valid_during) as at
)
insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason)
select 'voc', version, 'archived', tstzrange(at, null), 'revision 0017', 'it was trained on unmasked messages'
from ended;
"""

QUOTES = """
update ml.message_classification set summary = null, keywords = '[]' where summary is not null or keywords <> '[]';
update ml.message_category set reason = null where reason is not null;
"""

DOWNGRADE = """
alter table ml.model_version drop constraint withdrawn_versions_never_serve, drop column withdrawal_reason;
"""


def upgrade() -> None:
    """Add the reason of a withdrawal, withdraw, and remove the quotes."""
    for sql in (WITHDRAWAL, WITHDRAW, QUOTES):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop the reason of a withdrawal."""
    execute_as_owner(DOWNGRADE)
