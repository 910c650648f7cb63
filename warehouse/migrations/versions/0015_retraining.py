"""Mending a model: each attempt at a better version with its decision, overrides by name, the watch after a promotion.

One production version per model at any instant is kept since 0008 by an exclusion constraint on
``ml.model_deployment.valid_during``.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RETRAINING = """
create table ml.retraining (
  id integer generated always as identity primary key,
  created_at timestamptz default current_timestamp,
  model_name varchar(100) not null,
  trigger_kind varchar(20) not null check (trigger_kind in ('drift', 'decay', 'calendar', 'labels', 'person')),
  trigger_key varchar(200) not null unique,
  trigger_evidence jsonb not null default '{}',
  state varchar(20) not null default 'asked' check (state in ('asked', 'shadow', 'decided', 'failed')),
  attempts smallint not null default 0,
  shadow_model_version varchar(50) references ml.model_version (version),
  production_model_version varchar(50) references ml.model_version (version),
  gate_passed boolean,
  promoted boolean not null default false,
  shadow_f1_score double precision,
  production_f1_score double precision,
  mlflow_run_id varchar(255),
  labels_known_until timestamptz,
  verdict text,
  reasons jsonb not null default '[]',
  decided_at timestamptz,
  override_id integer,
  -- "is true", for a check that is NULL passes
  constraint promoted_only_through_the_gate
    check (not promoted or gate_passed is true or override_id is not null),
  constraint promoted_version_is_named check (not promoted or shadow_model_version is not null),
  constraint decided_with_its_reason
    check (state <> 'decided' or (decided_at is not null and verdict is not null and gate_passed is not null))
);
create index idx_retraining_promoted on ml.retraining (promoted);
create index retraining_open on ml.retraining (model_name, id) where state in ('asked', 'shadow');
comment on table ml.retraining is
  'Every attempt at a better version: what asked for it, the challenger, the gate''s verdict with its reasons.';

create table ml.promotion_override (
  override_id integer generated always as identity primary key,
  retraining_id integer not null unique references ml.retraining (id),
  decided_by text not null check (trim(decided_by) <> ''),
  reason text not null check (trim(reason) <> ''),
  created_at timestamptz not null default now(),
  unique (override_id, retraining_id)
);
-- an override excuses its own attempt and no other
alter table ml.retraining
  add constraint override_is_its_own foreign key (override_id, id)
  references ml.promotion_override (override_id, retraining_id);
revoke update, delete on ml.promotion_override from bellwether_model;
comment on table ml.promotion_override is 'Who promoted a version against the gate, and why; never changed.';

create table ml.promotion_watch (
  id bigint generated always as identity primary key,
  model_name varchar(100) not null,
  model_version varchar(50) not null references ml.model_version (version),
  as_of_date date not null,
  evidence_kind varchar(20) not null check (evidence_kind in ('scores', 'estimate', 'labels')),
  is_within_band boolean not null,
  findings jsonb not null,
  rolled_back_to varchar(50) references ml.model_version (version),
  checked_at timestamptz not null default now(),
  unique (model_version, as_of_date, evidence_kind),
  check (rolled_back_to is null or not is_within_band)
);
comment on table ml.promotion_watch is
  'What a newly promoted version was held against, month by month, and whether the previous one returned.';
"""

DOWNGRADE = """
drop table ml.promotion_watch;
alter table ml.retraining drop constraint override_is_its_own;
drop table ml.promotion_override, ml.retraining;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    execute_as_owner(RETRAINING)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
