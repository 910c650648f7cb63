"""The core of the models: versions, deployments, metrics, importance, predictions (partitioned), labels."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MODELS = """
create table ml.model_version (
  id integer generated always as identity primary key,
  model_name varchar(100) not null,
  -- the documented index name is the constraint's own: one index, not two
  version varchar(50) not null constraint idx_model_version_version unique,
  target_name varchar(63) not null,
  model_type varchar(50) not null,
  training_date timestamptz not null,
  training_window_start date,
  training_window_end date,
  data_hash char(64) not null,
  code_version varchar(64) not null,
  metrics jsonb not null,
  parameters jsonb not null,
  threshold double precision not null check (threshold >= 0 and threshold <= 1),
  feature_names text[] not null,
  artifact_path varchar(255) not null,
  artifact_sha256 char(64) not null,
  mlflow_run_id varchar(255),
  is_active boolean not null default false,
  created_at timestamptz not null default current_timestamp
);
create unique index idx_model_version_is_active on ml.model_version (model_name) where is_active;
comment on index ml.idx_model_version_is_active is 'At most one active version per model.';

create table ml.model_deployment (
  deployment_id bigint generated always as identity primary key,
  model_name varchar(100) not null,
  version varchar(50) not null references ml.model_version (version),
  stage varchar(20) not null check (stage in ('production', 'shadow', 'archived')),
  valid_during tstzrange not null check (not isempty(valid_during)),
  decided_by text not null,
  reason text not null,
  evidence jsonb not null default '{}',
  created_at timestamptz not null default now(),
  exclude using gist (model_name with =, valid_during with &&) where (stage = 'production')
);
comment on table ml.model_deployment is 'History of stages: one production version per model at any instant.';

create table ml.model_metrics (
  id integer generated always as identity primary key,
  model_version_id integer references ml.model_version (id) on delete cascade,
  evaluation_date timestamptz not null,
  evaluation_kind varchar(30) not null
    check (evaluation_kind in ('backtest', 'holdout', 'cross_validation', 'live')),
  origin_date date,
  subject varchar(30) not null default 'model',
  segment varchar(100) not null default 'all',
  row_count integer not null,
  positive_count integer not null,
  threshold double precision not null,
  accuracy double precision not null,
  precision double precision not null,
  recall double precision not null,
  f1_score double precision not null,
  auc_roc double precision not null,
  auc_pr double precision,
  brier_score double precision,
  log_loss double precision,
  calibration_error double precision,
  precision_at_capacity double precision,
  lift_at_capacity double precision,
  capacity_ratio double precision,
  confusion_matrix jsonb not null,
  created_at timestamptz default current_timestamp
);
create index idx_model_metrics_model_version on ml.model_metrics (model_version_id);
create index idx_model_metrics_evaluation_date on ml.model_metrics (evaluation_date);

create table ml.feature_importance (
  id integer generated always as identity primary key,
  model_version_id integer references ml.model_version (id) on delete cascade,
  feature_name varchar(100) not null,
  importance_score double precision not null,
  retained_average double precision,
  churned_average double precision,
  created_at timestamptz default current_timestamp,
  unique (model_version_id, feature_name)
);
create index idx_feature_importance_model_version on ml.feature_importance (model_version_id);
create index idx_feature_importance_score on ml.feature_importance (importance_score);
comment on column ml.feature_importance.importance_score is 'Mean absolute contribution in log-odds on the holdout.';
"""

PREDICTIONS = """
create table ml.prediction (
  id bigint generated always as identity,
  prediction_id varchar(255) not null,
  model_name varchar(100) not null,
  model_version varchar(50) not null references ml.model_version (version),
  model_stage varchar(20) not null default 'production'
    check (model_stage in ('production', 'shadow', 'archived')),
  customer_code varchar(50) not null,
  customer_id integer not null references crm.customer (id) on delete cascade,
  as_of_date date not null,
  predicted_at timestamptz not null,
  -- refuses NaN as well, which is greater than every number
  probability double precision not null check (probability >= 0 and probability <= 1),
  predicted_label smallint not null check (predicted_label in (0, 1)),
  threshold double precision not null,
  features jsonb not null,
  top_features text[] not null default '{}',
  top_values double precision[] not null default '{}',
  top_contributions double precision[] not null default '{}',
  top_value_texts text[] not null default '{}',
  base_value double precision,
  other_contribution double precision,
  request_source varchar(100) not null default 'batch',
  response_time_ms integer,
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (id, predicted_at),
  unique (model_name, model_version, customer_code, as_of_date, predicted_at),
  unique (prediction_id, predicted_at)
) partition by range (predicted_at);
create table ml.risk_history_default partition of ml.prediction default;
create index idx_risk_history_customer on ml.prediction (customer_id);
create index idx_risk_history_prediction_time on ml.prediction (predicted_at);
create index idx_risk_history_risk_score on ml.prediction (probability);
comment on table ml.prediction is
  'Every score, batch or logged by an outside scorer; partitions carry the documented name risk_history.';
comment on column ml.prediction.predicted_at is
  'Logical time of the score: a batch has its as-of instant, an outside scorer its own time.';
comment on column ml.prediction.other_contribution is
  'base_value + sum(top_contributions) + other_contribution = ln(p / (1 - p)) within 1e-6.';

create function ml.create_risk_history_partition() returns void
language sql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
begin atomic
  select source.ensure_partitions('ml.prediction', current_date, (current_date + interval '1 month')::date);
end;
comment on function ml.create_risk_history_partition is
  'Documented function, mended: this month (UTC) as well as the next one.';
grant execute on function ml.create_risk_history_partition()
to bellwether_model, bellwether_transformer;
"""

LABELS = """
create table ml.label (
  label_id bigint generated always as identity primary key,
  target_name varchar(63) not null,
  customer_code varchar(50) not null,
  as_of_date date not null,
  label smallint not null check (label in (0, 1)),
  known_at timestamptz not null,
  label_source varchar(100) not null,
  recorded_at timestamptz not null default now(),
  unique (target_name, customer_code, as_of_date, known_at)
);
comment on table ml.label is 'Versions of the truth: a corrected label is a new row, the latest known_at wins.';
"""

DOWNGRADE = """
drop table ml.label;
drop function ml.create_risk_history_partition();
drop table ml.prediction;
drop table ml.feature_importance, ml.model_metrics, ml.model_deployment, ml.model_version;
"""


def upgrade() -> None:
    """Create the core tables of the models."""
    for sql in (MODELS, PREDICTIONS, LABELS):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop the core tables of the models."""
    execute_as_owner(DOWNGRADE)
